/** Settings that matter to a server only: flags of those commands that may start one. */

import type { SettingName } from '../config.ts'

export const simulationSettings: readonly SettingName[] = ['speed', 'seed']

export const serverSettings: readonly SettingName[] = [
  'listen',
  'healthListen',
  'tlsCert',
  'tlsKey',
  'allowUnencrypted',
  'healthAllowUnencrypted',
  'trustedProxies',
  'keyFile',
  'region',
  'requestsPerMinute',
  'connections',
  'lockAfter',
  'lockFor',
  'simulated',
  ...simulationSettings,
  'readyWithin',
  'rolledWithin',
  'heldAfter',
  'precheckValid',
  'settle',
  'chartsCache',
  'logLevel',
]
