/** `next`: starts the next step and waits for its end. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { findUpgrade } from '../find.ts'
import { exitCodeAt } from '../standing.ts'
import { ask, conclude, describe, newestNote, offered, waitAgain, waiter } from '../steer.ts'

export const nextCommand = (cli: Cli): Command =>
  new Command('next')
    .summary('start the next step of an upgrade')
    .description(
      'Starts the next step and waits until it ends. ' +
        'The last step, PostUpgrade, removes the old control plane: after that there is no way back.',
    )
    .argument('[upgrade]', 'mesh, or id or name of an upgrade; not needed where there is only one')
    .addHelpText(
      'after',
      `
Examples:
  meshlift next shop
  meshlift next --output json | jq -r .phase`,
    )
    .action((asked: string | undefined, _: unknown, command: Command) =>
      cli.withServer(command, async (run) => {
        const { id } = await findUpgrade(run.session, asked, run.signal)
        const before = await describe(run, id)
        const wait = waiter(run, { after: await newestNote(run, id), goOn: waitAgain(run.session.where) })
        await ask(run, before, offered(before, 'Execute', run.session.where), 'Execute')
        const after = await wait.settled(id)
        return conclude(run, after, exitCodeAt(after))
      }),
    )
