/** `rollback`: back to what was there before. */

import { Command } from 'commander'
import { Problem } from '../../lib/problem.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUpgrade } from '../find.ts'
import { exitCodeAt, standingOf } from '../standing.ts'
import { ask, conclude, describe, newestNote, offered, waitAgain, waiter } from '../steer.ts'

export const rollbackCommand = (cli: Cli): Command =>
  new Command('rollback')
    .summary('go back to what was there before')
    .description(
      'Goes back with the whole upgrade: default, tags, labels and workloads return to the old control plane, and the ' +
        'new one is removed. Possible until PostUpgrade has removed something.',
    )
    .argument('[upgrade]', 'mesh, or id or name of an upgrade; not needed where there is only one')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
Examples:
  meshlift rollback shop
  meshlift rollback shop --yes --output json

Ends with 0 when the mesh is back, 8 when going back is held, 9 when it failed.`,
    )
    .action((asked: string | undefined, { yes }: { readonly yes?: true }, command: Command) =>
      cli.withServer(command, async (run) => {
        const { session, signal, world, print } = run
        const { id } = await findUpgrade(session, asked, signal)
        const before = await describe(run, id)
        const { mesh, from } = before
        const wait = waiter(run, { after: await newestNote(run, id), goOn: waitAgain(run.session.where) })
        // Under way since an earlier call: it is only waited for.
        if (!(before.direction === 'back' && standingOf(before) === 'working')) {
          const step = offered(before, 'Rollback', session.where)
          if (yes !== true) {
            const question = `Go back with mesh ${mesh.name} to ${from.revision} (${from.version})? Its workloads are restarted.`
            const answer = print.json ? undefined : await world.ask(question, signal)
            if (answer === false) return conclude(run, before, exitCodes.held)
            if (answer === undefined)
              throw new Problem({
                kind: 'invalid',
                code: 'cli/needs-yes',
                text: `Nobody to ask here; say it with: meshlift rollback ${mesh.name} --yes${session.where}`,
              })
          }
          await ask(run, before, step, 'Rollback')
        }
        const after = await wait.settled(id)
        return conclude(run, after, standingOf(after) === 'rolled back' ? exitCodes.done : exitCodeAt(after))
      }),
    )
