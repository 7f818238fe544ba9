/** `findings`: what the checks of an upgrade found. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUpgrade } from '../find.ts'
import { foundLines } from '../findings.ts'

export const findingsCommand = (cli: Cli): Command =>
  new Command('findings')
    .summary('see what the checks of an upgrade found')
    .description('What the checks of an upgrade found when they ran last. To check without an upgrade: meshlift check.')
    .argument('[upgrade]', 'mesh, or id or name of an upgrade; not needed where there is only one')
    .addHelpText(
      'after',
      `
Examples:
  meshlift findings shop
  meshlift findings shop --output json | jq '.items[] | select(.weight == "blocks")'`,
    )
    .action((asked: string | undefined, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id, mesh, to } = await findUpgrade(session, asked, signal)
        const list = await session.call('listFindings', { mesh_upgrade_id: id }, signal)
        print.result(
          list,
          list.items.length === 0
            ? [`The checks found nothing on mesh ${mesh.name} for ${to.version}, or have not run yet.`]
            : foundLines(list.items, print.paint),
        )
        return exitCodes.done
      }),
    )
