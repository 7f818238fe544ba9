/** A record as it stands before PreCheck has run. */

import { unknownControlPlane } from '../istio/revisions.ts'
import type { UpgradeRecord } from '../record.ts'
import { east, newPlane, noon, oldPlane } from './facts.ts'

export function upgradeRecord(change: Partial<UpgradeRecord> = {}): UpgradeRecord {
  return {
    format: 1,
    id: 'u1',
    name: 'to-1-31',
    project: 'p1',
    mesh: { id: 'm1', name: 'prod', clusters: [east] },
    asked: { targetVersion: '1.31.0', upgradeStrategy: 'Canary', targetType: 'InCluster' },
    from: oldPlane,
    to: newPlane,
    baseRelease: 'istio-base',
    createdAt: noon,
    updatedAt: noon,
    step: 'PreCheck',
    direction: 'forward',
    plan: { PreCheck: [], ControlPlaneUpgrade: [], DataPlaneUpgrade: [], PostUpgrade: [] },
    rollback: [],
    stage: '',
    standing: 'working',
    reason: { code: 'plan/made', text: 'Made.', facts: {} },
    waiting: { on: '', since: noon },
    attempts: 0,
    actedAt: 0,
    pastReturn: false,
    touched: false,
    jobs: [
      {
        id: 'j1',
        kind: 'PreCheck',
        action: 'Execute',
        named: 'PreCheck',
        phase: 'Running',
        reason: '',
        createdAt: noon,
        startedAt: noon,
      },
    ],
    ...change,
  }
}

/** Before anything was seen: what is to be replaced is not known. */
export const unseen: Partial<UpgradeRecord> = { from: unknownControlPlane, baseRelease: '' }
