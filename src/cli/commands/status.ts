/** `status`: where an upgrade stands. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUpgrade } from '../find.ts'
import { waysOn } from '../standing.ts'
import { describe } from '../steer.ts'
import { treeLines } from '../tree.ts'

export const statusCommand = (cli: Cli): Command =>
  new Command('status')
    .summary('see where an upgrade stands')
    .argument('[upgrade]', 'mesh, or id or name of an upgrade; not needed where there is only one')
    .addHelpText(
      'after',
      `
Examples:
  meshlift status
  meshlift status shop --output json | jq -r '.state, .reason.text'`,
    )
    .action((asked: string | undefined, _: unknown, command: Command) =>
      cli.withServer(command, async (run) => {
        const { session, signal, print } = run
        const { id } = await findUpgrade(session, asked, signal)
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
