/** Every setting: name, default, check and one line of help. Flag over environment over file over default. */

import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { isRecord } from './lib/json.ts'
import { Problem } from './lib/problem.ts'

interface Setting<T> {
  readonly help: string
  /** What stands behind the flag in help; absent for a switch. */
  readonly value?: string
  /** Completes "NAME must be ...". */
  readonly accepts: string
  /** Undefined when the text is none of these. */
  readonly read: (text: string) => T | undefined
  readonly default: T
  /** Of the value once it is read. */
  readonly unit?: 'ms'
  /** Masked wherever it is shown. */
  readonly secret?: true
}

const setting = <T>(one: Setting<T>): Setting<T> => one
const optional = <T>(one: Omit<Setting<T>, 'default'>): Setting<T | undefined> => ({ ...one, default: undefined })

const text = { accepts: 'a text that is not empty', read: (given: string) => given.trim() || undefined }

const folder = { accepts: 'a path', read: (given: string) => (given.trim() === '' ? undefined : resolve(given)) }

const duration = {
  value: 'TIME',
  unit: 'ms',
  accepts: 'a time such as 500ms, 30s, 5m or 24h',
  read: readDuration,
} as const

const choice = <const T extends string>(...words: readonly T[]) => ({
  accepts: `one of ${words.join(', ')}`,
  read: (given: string) => words.find((word) => word === given),
})

const onOff = {
  accepts: 'true or false',
  read: (given: string) => (given === 'true' ? true : given === 'false' ? false : undefined),
}

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug'
export type Output = 'text' | 'json'

/** Times are milliseconds once they are read. */
const settings = {
  data: optional({ ...folder, value: 'DIR', help: 'folder of the database, admin.json and server.json' }),
  listen: optional({
    value: 'HOST:PORT',
    accepts: 'HOST:PORT, such as 127.0.0.1:7480; port 0 takes any free one',
    read: readListen,
    help: 'where the server listens; beyond this machine only with TLS',
  }),
  healthListen: optional({
    value: 'HOST:PORT',
    accepts: 'HOST:PORT, such as 127.0.0.1:7481; port 0 takes any free one',
    read: readListen,
    help: 'where /healthz, /readyz and /metrics are served; nowhere when not set',
  }),
  tlsCert: optional({
    ...folder,
    value: 'FILE',
    help: 'certificate chain in PEM form; read again when it changes',
  }),
  tlsKey: optional({ ...folder, value: 'FILE', help: 'private key of that certificate, in PEM form' }),
  allowUnencrypted: setting({
    ...onOff,
    default: false,
    help: 'listen beyond this machine without TLS: whoever sees the traffic can act as any user',
  }),
  healthAllowUnencrypted: setting({
    ...onOff,
    default: false,
    help: 'health and metrics alone beyond this machine: whoever can reach them reads states and counts',
  }),
  trustedProxies: optional({
    value: 'ADDRESSES',
    accepts: 'addresses or networks with commas between them, such as 127.0.0.1,10.0.0.0/8',
    read: readNetworks,
    help: 'proxies in front of the server, whose X-Forwarded-For says where a request comes from',
  }),
  keyFile: optional({
    ...folder,
    value: 'FILE',
    help: 'the key that stored secrets are encrypted with; DIR/secret.key of the data folder when not set',
  }),
  region: setting({
    value: 'NAME',
    accepts: '1 to 64 lower-case letters, digits and hyphens',
    read: (given) => (/^[a-z0-9][a-z0-9-]{0,63}$/.test(given) ? given : undefined),
    default: 'local',
    help: 'the region in resource names of policies and in derived signatures',
  }),
  requestsPerMinute: setting({
    value: 'N',
    accepts: 'a whole number from 0 to 1000000',
    read: (given) => numberIn(given, -1, 1_000_000, true),
    default: 3000,
    help: 'requests a minute of a user, or of an address without one; a tenth of log-ins; 0: no limit',
  }),
  connections: setting({
    value: 'N',
    accepts: 'a whole number from 1 to 100000',
    read: (given) => numberIn(given, 0, 100_000, true),
    default: 1000,
    help: 'connections at once',
  }),
  lockAfter: setting({
    value: 'N',
    accepts: 'a whole number from 0 to 1000',
    read: (given) => numberIn(given, -1, 1000, true),
    default: 5,
    help: 'failed log-ins or signatures in a row that one address may have; one more locks it out; 0 for never',
  }),
  lockFor: setting({ ...duration, default: 300_000, help: 'how long it is locked out' }),
  simulated: setting({ ...onOff, default: false, help: 'serve a simulated mesh, called demo' }),
  speed: setting({
    value: 'N',
    accepts: 'a number above 0 and at most 1000',
    read: (given) => numberIn(given, 0, 1000, false),
    default: 1,
    help: 'how many times faster than real the simulation runs',
  }),
  seed: setting({
    value: 'N',
    accepts: 'a whole number from 0 to 4294967295',
    read: (given) => numberIn(given, -1, 4_294_967_295, true),
    default: 1,
    help: 'what chance looks like in the simulation; the same seed gives the same story',
  }),
  readyWithin: setting({
    ...duration,
    default: 300_000,
    help: 'how long a control plane may take to get ready before the upgrade holds',
  }),
  rolledWithin: setting({
    ...duration,
    default: 600_000,
    help: 'how long one workload may take to roll before the upgrade holds',
  }),
  heldAfter: setting({
    ...duration,
    default: 600_000,
    help: 'how long anything else may be waited for before the upgrade holds',
  }),
  precheckValid: setting({
    ...duration,
    default: 86_400_000,
    help: 'how long a finished PreCheck is trusted when the next step starts',
  }),
  settle: setting({
    ...duration,
    default: 1000,
    help: 'distance between two writes that depend on caches of several API servers',
  }),
  logLevel: setting<LogLevel>({
    ...choice('silent', 'error', 'warn', 'info', 'debug'),
    value: 'LEVEL',
    default: 'warn',
    help: 'how much the server logs, as JSON on standard error',
  }),
  chartsCache: optional({
    ...folder,
    value: 'DIR',
    help: 'where pulled charts are kept; DIR/charts of the data folder when not set',
  }),
  server: optional({
    value: 'URL',
    accepts: 'an address such as http://127.0.0.1:7480',
    read: readUrl,
    help: 'the server to talk to',
  }),
  user: optional({
    ...text,
    value: 'NAME',
    help: 'who logs in, with MESHLIFT_PASSWORD; read from admin.json when not set',
  }),
  password: optional({
    ...text,
    value: 'TEXT',
    secret: true,
    help: 'password of that user; read from admin.json when not set',
  }),
  accessKey: optional({
    ...text,
    value: 'AK',
    help: 'sign with this access key instead of logging in; with MESHLIFT_SECRET_KEY and MESHLIFT_PROJECT',
  }),
  secretKey: optional({ ...text, value: 'SK', secret: true, help: 'secret of that access key' }),
  securityToken: optional({ ...text, value: 'TEXT', secret: true, help: 'security token of a temporary access key' }),
  caFile: optional({
    ...folder,
    value: 'FILE',
    help: 'certificates in PEM form to trust beside the usual ones when talking to the server',
  }),
  domain: optional({ ...text, value: 'NAME', help: 'domain of that user; read from admin.json when not set' }),
  project: optional({
    value: 'ID',
    accepts: '32 lower-case hexadecimal digits',
    read: (given) => (/^[0-9a-f]{32}$/.test(given) ? given : undefined),
    help: 'id of the project that is worked in; read from admin.json when not set',
  }),
  output: setting<Output>({
    ...choice('text', 'json'),
    value: 'FORM',
    default: 'text',
    help: 'text for people, or one JSON document at the end',
  }),
  color: setting({ ...onOff, default: true, help: 'colours on a terminal; --no-color or NO_COLOR turn them off' }),
}

export type SettingName = keyof typeof settings
export type Config = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer T> ? T : never
}

export interface Source {
  /** Texts as they were typed; a switch is `true`. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Instead of the defaults above, for one command. */
  readonly defaults?: Partial<Config>
}

export type Origin = 'flag' | 'environment' | 'file' | 'default'

export interface Loaded {
  readonly config: Config
  readonly origin: Readonly<Record<SettingName, Origin>>
}

export const settingNames = Object.keys(settings) as readonly SettingName[]

/** What help and reference show of one setting. */
export function aboutSetting(name: SettingName) {
  const { value: placeholder, help, accepts, secret, unit }: Omit<Setting<never>, 'default' | 'read'> = settings[name]
  return { flag: flagOf(name), variable: variableOf(name), placeholder, help, accepts, secret: secret === true, unit }
}

/** The program's environment. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env

/** Throws invalid (`config/invalid`) that names every mistake, not only the first. */
export function readConfig({ flags, environment: variables, defaults = {} }: Source): Loaded {
  const mistakes: string[] = []
  const from = (name: SettingName, told: string, given: unknown): unknown => {
    const { accepts, read, secret } = settings[name]
    const value = scalar(given) === undefined ? undefined : read(String(given))
    if (value === undefined)
      mistakes.push(`${told} must be ${accepts}${secret === true ? '' : `, and is ${JSON.stringify(given)}`}`)
    return value
  }
  const early = flags['data'] ?? nonEmpty(variables[variableOf('data')])
  const file = typeof early === 'string' ? readSettingsFile(resolve(early), mistakes) : undefined
  const rows = settingNames.map((name): readonly [SettingName, unknown, Origin] => {
    const flag = flags[name]
    if (flag !== undefined) return [name, from(name, flagOf(name), flag), 'flag']
    const variable = nonEmpty(variables[variableOf(name)])
    if (variable !== undefined) return [name, from(name, variableOf(name), variable), 'environment']
    // A convention of many programs, https://no-color.org: set to anything, whatever it says.
    if (name === 'color' && nonEmpty(variables['NO_COLOR']) !== undefined) return [name, false, 'environment']
    const stored = file?.values[name]
    if (stored !== undefined && name !== 'data') return [name, from(name, `${name} in ${file?.path}`, stored), 'file']
    return [name, defaults[name] ?? settings[name].default, 'default']
  })
  if (mistakes.length > 0)
    throw new Problem({ kind: 'invalid', code: 'config/invalid', text: `${mistakes.join('; ')}.`, facts: { mistakes } })
  return {
    config: Object.freeze(Object.fromEntries(rows.map(([name, value]) => [name, value])) as unknown as Config),
    origin: Object.fromEntries(rows.map(([name, , origin]) => [name, origin])) as Record<SettingName, Origin>,
  }
}

const fileNames = ['config.yaml', 'config.json'] as const

function readSettingsFile(
  data: string,
  mistakes: string[],
): { readonly path: string; readonly values: Readonly<Record<string, unknown>> } | undefined {
  for (const name of fileNames) {
    const path = join(data, name)
    const content = readIfThere(path, mistakes)
    if (content === undefined) continue
    const values = parsed(content)
    if (!isRecord(values)) {
      mistakes.push(`${path} must hold settings, one "name: value" a line`)
      return undefined
    }
    for (const key of Object.keys(values)) {
      if (!settingNames.some((known) => known === key))
        mistakes.push(
          `${path} has no setting "${key}"; there are ${settingNames.filter((one) => one !== 'data').join(', ')}`,
        )
    }
    return { path, values }
  }
  return undefined
}

function readIfThere(path: string, mistakes: string[]): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
    if (code !== 'ENOENT' && code !== 'ENOTDIR') mistakes.push(`${path} cannot be read (${code})`)
    return undefined
  }
}

/** JSON is YAML too. An empty file is a file without settings. */
function parsed(content: string): unknown {
  try {
    return parse(content) ?? {}
  } catch {
    return undefined
  }
}

function scalar(given: unknown): string | number | boolean | undefined {
  return typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean' ? given : undefined
}

const nonEmpty = (given: string | undefined): string | undefined => (given === '' ? undefined : given)

const flagOf = (name: SettingName): string => (name === 'color' ? '--no-color' : `--${dashed(name, '-')}`)
const variableOf = (name: SettingName): string => `MESHLIFT_${dashed(name, '_').toUpperCase()}`
const dashed = (name: string, by: string): string => name.replace(/[A-Z]/g, (letter) => `${by}${letter.toLowerCase()}`)

// The shape only; which addresses are allowed is the server's affair.
function readListen(given: string): string | undefined {
  const port = /^(?:\[[^\]\s]+\]|[^:\s]+):(\d{1,5})$/.exec(given)?.[1]
  return port === undefined || Number(port) > 65_535 ? undefined : given
}

function readNetworks(given: string): string | undefined {
  const parts = given.split(',').map((part) => part.trim())
  const isNetwork = (part: string): boolean => {
    const [address = '', bits, ...more] = part.split('/')
    const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
    return most > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  }
  return parts.every(isNetwork) ? parts.join(',') : undefined
}

function readUrl(given: string): string | undefined {
  if (!URL.canParse(given)) return undefined
  const url = new URL(given)
  const usable = /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  return usable ? url.href.replace(/\/+$/, '') : undefined
}

function readDuration(given: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(given) ?? []
  const ms = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit]
  return ms === undefined ? undefined : Math.round(Number(amount) * ms)
}

function numberIn(given: string, above: number, atMost: number, whole: boolean): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN
  return value > above && value <= atMost && (!whole || Number.isInteger(value)) ? value : undefined
}
