/** `status`: where an upgrade stands. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUpgrade } from '../find.ts'
import { exitCodeAt, waysOn } from '../standing.ts'
import { conclude, describe, newestNote, waitAgain, waiter } from '../steer.ts'
import { treeLines } from '../tree.ts'

export const statusCommand = (cli: Cli): Command =>
  new Command('status')
    .summary('see where an upgrade stands')
    .argument('[upgrade]', 'mesh, or id or name of an upgrade; not needed where there is only one')
    .option('--wait', 'wait until it stands still: a step is done, held or failed')
    .addHelpText(
      'after',
      `
Examples:
  meshlift status
  meshlift status shop --wait
  meshlift status shop --output json | jq -r '.state, .reason.text'

Ends with 0; with --wait also with 6 when checks block, 8 when it is held, 9 when it failed or was rolled back.`,
    )
    .action((asked: string | undefined, { wait }: { readonly wait?: true }, command: Command) =>
      cli.withServer(command, async (run) => {
        const { session, signal, print } = run
        const { id } = await findUpgrade(session, asked, signal)
        if (wait === true) {
          const settled = await waiter(run, {
            after: await newestNote(run, id),
            goOn: waitAgain(session.where),
          }).settled(id)
          return conclude(run, settled, exitCodeAt(settled))
        }
        const upgrade = await describe(run, id)
        const { columns } = print.size()
        print.result(upgrade, [
          ...treeLines(upgrade, { paint: print.paint, columns, rows: Number.POSITIVE_INFINITY, spin: '▸' }),
          ...upgrade.closing,
        ])
        for (const way of waysOn(upgrade, session.where)) print.aside(`  ${way}`)
        return exitCodes.done
      }),
    )
