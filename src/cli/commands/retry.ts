/** `retry`: looks again at what is held, or repeats what failed. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUpgrade } from '../find.ts'
import { exitCodeAt, standingOf } from '../standing.ts'
import { ask, conclude, describe, newestNote, offered, waitAgain, waiter } from '../steer.ts'

export const retryCommand = (cli: Cli): Command =>
  new Command('retry')
    .summary('try again what is held or failed')
    .description(
      'Looks again at once where an upgrade is held, or repeats what failed, and waits for the end of the step.',
    )
    .argument('[upgrade]', 'mesh, or id or name of an upgrade; not needed where there is only one')
    .addHelpText(
      'after',
      `
Example:
  meshlift status shop     says why it is held
  meshlift retry shop      after you have mended it`,
    )
    .action((asked: string | undefined, _: unknown, command: Command) =>
      cli.withServer(command, async (run) => {
        const { id } = await findUpgrade(run.session, asked, run.signal)
        const before = await describe(run, id)
        const wait = waiter(run, { after: await newestNote(run, id), goOn: waitAgain(run.session.where) })
        await ask(run, before, offered(before, 'Retry', run.session.where), 'Retry')
        const after = await wait.settled(id)
        const wentBack = before.direction === 'back' && standingOf(after) === 'rolled back'
        return conclude(run, after, wentBack ? exitCodes.done : exitCodeAt(after))
      }),
    )
