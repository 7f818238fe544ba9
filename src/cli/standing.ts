/** Where an upgrade stands, for somebody who waits for it, and what may be done next. */

import type { UpgradeDetail, UpgradeSummary } from '../contract/extensions.ts'
import { exitCodes } from './exit-codes.ts'

export type Standing =
  | 'working'
  /** The step is done; the next one waits for a caller. */
  | 'your turn'
  | 'held'
  | 'failed'
  | 'succeeded'
  | 'rolled back'
  | 'abandoned'

export function standingOf({ state, phase }: Pick<UpgradeSummary, 'state' | 'phase'>): Standing {
  switch (state) {
    case 'Success':
      return 'succeeded'
    case 'RolledBack':
      return 'rolled back'
    case 'Cancel':
      return 'abandoned'
    case 'Failed':
    case 'RollbackFailed':
      return 'failed'
    case 'Pending':
      return phase === 'Pause' ? 'held' : phase === 'Failed' ? 'failed' : 'your turn'
    case 'Init':
    case 'Running':
    case 'RollingBack':
      return phase === 'Pause' ? 'held' : phase === 'Failed' ? 'failed' : 'working'
  }
}

/** Nothing more can be asked of it. */
export const isOver = (upgrade: Pick<UpgradeSummary, 'state' | 'phase'>): boolean =>
  ['succeeded', 'rolled back', 'abandoned'].includes(standingOf(upgrade))

/** For somebody who wanted to go forward. */
export function exitCodeAt(upgrade: Pick<UpgradeSummary, 'state' | 'phase' | 'step'>): number {
  switch (standingOf(upgrade)) {
    case 'working':
    case 'held':
      return exitCodes.held
    case 'your turn':
    case 'succeeded':
      return exitCodes.done
    case 'failed':
      return upgrade.step === 'PreCheck' ? exitCodes.blocked : exitCodes.failed
    case 'rolled back':
    case 'abandoned':
      return exitCodes.failed
  }
}

/** What may be done now, a command each. @param where flags that name the server, such as ` --data DIR` */
export function waysOn({ accepts, mesh, mayAbandon }: UpgradeDetail, where: string): readonly string[] {
  const ways = accepts.map(({ name, action }) => {
    switch (action) {
      case 'Execute':
        return `meshlift next ${mesh.name}${where}  (starts ${name})`
      case 'Retry':
        return `meshlift retry ${mesh.name}${where}  (tries ${name} again)`
      case 'Rollback':
        return `meshlift rollback ${mesh.name}${where}  (goes back with the whole upgrade)`
    }
  })
  const abandon = mayAbandon ? [`meshlift abandon ${mesh.name}${where}  (ends it here and changes nothing)`] : []
  return [...new Set([...ways, ...abandon])]
}
