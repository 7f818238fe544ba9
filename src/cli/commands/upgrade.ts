/** `upgrade`: PreCheck, what will happen, a question, and on to the end of DataPlaneUpgrade. */

import { Command } from 'commander'
import type { UpgradeDetail } from '../../contract/extensions.ts'
import { stepNames } from '../../contract/upgrades.ts'
import type { StepName } from '../../contract/upgrades.ts'
import type { Cli, ServedRun } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findMesh } from '../find.ts'
import { planLines, precheckLines } from '../findings.ts'
import { goForward } from '../go-forward.ts'
import { exitCodeAt, standingOf } from '../standing.ts'
import { startOrFind } from '../start.ts'
import { ask, conclude, newestNote, waiter } from '../steer.ts'

interface Options {
  readonly to: string
  readonly name?: string
  readonly yes?: true
  readonly finish?: true
}

export const upgradeCommand = (cli: Cli): Command =>
  new Command('upgrade')
    .summary('upgrade a mesh, or go on with an upgrade')
    .description(
      'Checks the mesh, shows what will happen and asks. Then moves it to the new version and stops: the old control ' +
        'plane stays, and the way back stays open, until "meshlift next" or --finish removes it. ' +
        'An upgrade to the same version that was started before is gone on with.',
    )
    .argument('<mesh>', 'name or id')
    .requiredOption('--to <VERSION>', 'version to move to: 1.31.0, or 1.31 for its newest patch release')
    .option('--name <NAME>', 'name of the upgrade; made from the version when not given')
    .option('--yes', 'do not ask')
    .option('--finish', 'also remove the old control plane; after that there is no way back')
    .addHelpText(
      'after',
      `
Examples:
  meshlift upgrade shop --to 1.31                 asks before it touches anything
  meshlift upgrade shop --to 1.31 --yes           for scripts; finish later with: meshlift next shop
  meshlift upgrade shop --to 1.31 --yes --finish  all four steps

Ends with 0 when it came as far as asked, 6 when checks block, 8 when it waits for you, 9 when it failed.`,
    )
    .action((mesh: string, options: Options, command: Command) =>
      cli.withServer(command, (run) => upgrade(run, mesh, options)),
    )

async function upgrade(run: ServedRun, asked: string, options: Options): Promise<number> {
  const { session, signal, print } = run
  const mesh = await findMesh(session, asked, signal)
  const through: StepName = options.finish === true ? 'PostUpgrade' : 'DataPlaneUpgrade'
  const { upgrade: at, found } = await startOrFind(run, mesh, options.to, options.name)
  const wait = waiter(run, {
    after: found ? await newestNote(run, at.id) : 0,
    goOn: () =>
      `meshlift upgrade ${mesh.metadata.name} --to ${options.to}${options.yes === true ? ' --yes' : ''}${options.finish === true ? ' --finish' : ''}${session.where}`,
  })
  if (at.step !== 'PreCheck') return conclude(run, ...ended(await goForward(run, at.id, through, wait)))

  if (found && standingOf(at) === 'failed') await ask(run, at, 'PreCheck', 'Retry')
  const checked = await wait.settled(at.id)
  for (const line of precheckLines(checked, print.paint)) print.say(line)
  if (standingOf(checked) !== 'your turn') return conclude(run, ...ended(checked))

  if (options.yes !== true) {
    const ahead = stepNames.slice(1, stepNames.indexOf(through) + 1)
    const plan = await session.call('planUpgrade', { mesh_upgrade_id: at.id }, signal)
    for (const line of ['This will be done:', ...planLines(plan, ahead, print.paint)]) print.say(line)
    const answer = print.json
      ? undefined
      : await run.world.ask(
          options.finish === true
            ? 'Go on to the end? The old control plane is removed, and then there is no way back.'
            : 'Go on? The old control plane stays until you finish, and "meshlift rollback" leads back.',
          signal,
        )
    if (answer !== true) {
      if (answer === undefined) print.aside('Nobody to ask here; --yes goes on without a question.')
      return conclude(run, checked, exitCodes.held)
    }
  }
  wait.below()
  return conclude(run, ...ended(await goForward(run, at.id, through, wait)))
}

const ended = (upgrade: UpgradeDetail): readonly [UpgradeDetail, number] => [upgrade, exitCodeAt(upgrade)]
