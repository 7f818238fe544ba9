/** Asks something of an upgrade, and waits for what comes of it. */

import type { UpgradeDetail } from '../contract/extensions.ts'
import type { StepAction, StepName } from '../contract/upgrades.ts'
import { Problem } from '../lib/problem.ts'
import type { ServedRun } from './cli.ts'
import { follow, notesAfter } from './follow.ts'
import { showOn } from './show.ts'
import { standingOf, waysOn } from './standing.ts'

export const describe = ({ session, signal }: ServedRun, id: string): Promise<UpgradeDetail> =>
  session.call('describeUpgrade', { mesh_upgrade_id: id }, signal)

const wanted: Readonly<Record<StepAction, string>> = {
  Execute: 'go on to a next step',
  Retry: 'be tried again',
  Rollback: 'be rolled back',
}

/** The step that would be asked for. Throws conflict (`cli/not-now`) that says what may be asked instead. */
export function offered(upgrade: UpgradeDetail, action: StepAction, where: string): StepName {
  const found = upgrade.accepts.find((one) => one.action === action)
  if (found !== undefined) return found.name
  const { mesh, step, phase, state, reason } = upgrade
  const ways = waysOn(upgrade, where)
  throw new Problem({
    kind: 'conflict',
    code: 'cli/not-now',
    text:
      `The upgrade of mesh ${mesh.name} cannot ${wanted[action]} now: ${step} is ${phase}, the upgrade ${state}. ${reason.text} ` +
      (ways.length === 0 ? 'Nothing can be asked of it now.' : `Possible: ${ways.join('; ')}.`),
  })
}

/**
 * Documented: the whole object is sent again with another `currentStep`. It is put together from what was seen before:
 * the documented GET needs an action that allows everything, which somebody who may only roll back does not have.
 */
export async function ask(
  { session, signal }: ServedRun,
  { id, name: called, mesh, to }: UpgradeDetail,
  name: StepName,
  action: StepAction,
): Promise<void> {
  const body = {
    kind: 'MeshUpgrade',
    apiVersion: 'v1',
    metadata: { name: called },
    spec: {
      meshId: mesh.id,
      upgradeStrategy: 'Canary',
      targetVersion: to.version,
      targetType: 'InCluster',
      currentStep: { name, action },
    },
  } as const
  await session.call('updateUpgrade', { mesh_upgrade_id: id, body }, signal)
}

/** One for all steps that a command goes through, so that nothing is shown twice. */
export interface Waiter {
  /** Waits until the upgrade stands still. Throws aborted (`cli/interrupted`) that says how to go on. */
  settled(id: string): Promise<UpgradeDetail>
  /** Something else was printed: the next picture stands below it instead of over it. */
  below(): void
}

export interface WaiterOptions {
  /** Notes up to this number are not shown. */
  readonly after: number
  /** What to type after the wait was interrupted and nobody goes on with the step. Undefined: nothing of it is kept. */
  readonly goOn: (upgrade: UpgradeDetail) => string | undefined
}

/** Starts nothing new, whatever was reached meanwhile: only somebody who says so removes a control plane. */
export const waitAgain =
  (where: string) =>
  ({ mesh }: UpgradeDetail): string =>
    `meshlift status ${mesh.name} --wait${where}`

export function waiter({ session, world, signal, print }: ServedRun, { after, goOn }: WaiterOptions): Waiter {
  let last = after
  const show = showOn(print)
  return {
    below: () => show.end(),
    settled: async (id) => {
      let seen: UpgradeDetail | undefined
      const until = (upgrade: UpgradeDetail): boolean => {
        seen = upgrade
        return standingOf(upgrade) !== 'working'
      }
      try {
        const followed = await follow({ session, id, until, show, after: last, clock: world.clock, signal })
        last = followed.last
        return followed.upgrade
      } catch (thrown) {
        throw signal.aborted ? interrupted(session, seen, goOn) : thrown
      }
    },
  }
}

function interrupted(
  { inProcess, where }: ServedRun['session'],
  seen: UpgradeDetail | undefined,
  goOn: WaiterOptions['goOn'],
): Problem {
  const again = seen && goOn(seen)
  const text = !inProcess
    ? `Stopped waiting; the server goes on with the step. See: ${seen ? waitAgain(where)(seen) : `meshlift status${where}`}`
    : again === undefined
      ? 'Stopped.'
      : `Stopped. The upgrade stands where it is and can go on from there: ${again}`
  return new Problem({ kind: 'aborted', code: 'cli/interrupted', text })
}

/** Number of the newest note, for showing only what comes after it. */
export async function newestNote({ session, signal }: ServedRun, id: string): Promise<number> {
  return (await notesAfter(session, id, 0, signal)).at(-1)?.number ?? 0
}

/** The last word on an upgrade that stands still, and what may be done now. */
export function conclude({ print, session }: ServedRun, upgrade: UpgradeDetail, exitCode: number): number {
  print.result(upgrade, [lastWord(upgrade), ...upgrade.closing])
  const ways = waysOn(upgrade, session.where)
  if (ways.length > 0) print.aside('What you can do now:')
  for (const way of ways) print.aside(`  ${way}`)
  return exitCode
}

function lastWord(upgrade: UpgradeDetail): string {
  const { mesh, from, to, step, reason } = upgrade
  const doing = upgrade.direction === 'back' ? 'Rolling back' : step
  switch (standingOf(upgrade)) {
    case 'working':
      return `${doing} is under way.`
    case 'your turn':
      return step === 'DataPlaneUpgrade'
        ? `DataPlaneUpgrade is done: mesh ${mesh.name} runs on ${to.revision} (${to.version}), and ${from.revision} is kept until you finish.`
        : `${step} is done; the next step waits for you.`
    case 'held':
      return `${doing} of mesh ${mesh.name} is held: ${reason.text}`
    case 'failed':
      return `${doing} of mesh ${mesh.name} failed: ${reason.text}`
    case 'succeeded':
      return `Mesh ${mesh.name} runs on ${to.revision} (${to.version}); ${from.revision} is gone.`
    case 'rolled back':
      return `Mesh ${mesh.name} is back on ${from.revision} (${from.version}).`
    case 'abandoned':
      return `The upgrade of mesh ${mesh.name} was abandoned; nothing more is done.`
  }
}
