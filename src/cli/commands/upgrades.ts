/** `upgrades`: all of them, newest first. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findMesh } from '../find.ts'
import { table } from '../layout.ts'

export const upgradesCommand = (cli: Cli): Command =>
  new Command('upgrades')
    .summary('list upgrades, newest first')
    .option('--mesh <MESH>', 'only those of this mesh')
    .addHelpText('after', '\nExample:\n  meshlift upgrades --mesh shop')
    .action(({ mesh }: { readonly mesh?: string }, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const only = mesh === undefined ? {} : { mesh: (await findMesh(session, mesh, signal)).metadata.uid }
        const list = await session.call('listUpgrades', { query: only }, signal)
        const rows = list.items.map((one) => [
          one.id,
          one.mesh.name,
          one.from.version,
          one.to.version,
          one.state,
          one.step,
          one.phase,
          one.createdAt,
        ])
        const lines = table([['ID', 'MESH', 'FROM', 'TO', 'STATE', 'STEP', 'PHASE', 'CREATED'], ...rows])
        print.result(list, rows.length === 0 ? ['No upgrade yet.'] : lines)
        return exitCodes.done
      }),
    )
