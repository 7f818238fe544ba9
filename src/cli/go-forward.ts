/** Takes an upgrade through its steps, one PUT a step, as every other client of the API would. */

import type { UpgradeDetail } from '../contract/extensions.ts'
import { stepNames } from '../contract/upgrades.ts'
import type { StepName } from '../contract/upgrades.ts'
import type { ServedRun } from './cli.ts'
import { standingOf } from './standing.ts'
import { ask, offered } from './steer.ts'
import type { Waiter } from './steer.ts'

const orderOf = (step: StepName): number => stepNames.indexOf(step)

/** Until `through` is done, or it stands still before that for another reason. */
export async function goForward(run: ServedRun, id: string, through: StepName, wait: Waiter): Promise<UpgradeDetail> {
  for (;;) {
    const upgrade = await wait.settled(id)
    if (standingOf(upgrade) !== 'your turn' || orderOf(upgrade.step) >= orderOf(through)) return upgrade
    await ask(run, upgrade, offered(upgrade, 'Execute', run.session.where), 'Execute')
  }
}
