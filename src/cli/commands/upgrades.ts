/** `upgrades`: all of them, newest first. */

import { Command, Option } from 'commander'
import { UpgradeState } from '../../contract/upgrades.ts'
import { allUpgrades } from '../all-upgrades.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findMesh } from '../find.ts'
import { table } from '../layout.ts'

export const upgradesCommand = (cli: Cli): Command =>
  new Command('upgrades')
    .summary('list upgrades, newest first')
    .option('--mesh <MESH>', 'only those of this mesh')
    .addOption(new Option('--state <STATE>', 'only those in this state').choices(UpgradeState.enum))
    .addHelpText(
      'after',
      `
Examples:
  meshlift upgrades --mesh shop
  meshlift upgrades --state Pending --output json | jq -r '.items[].mesh.name'`,
    )
    .action(({ mesh, state }: { readonly mesh?: string; readonly state?: UpgradeState }, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const items = await allUpgrades(
          session,
          {
            ...(mesh === undefined ? {} : { mesh: (await findMesh(session, mesh, signal)).metadata.uid }),
            ...(state === undefined ? {} : { state }),
          },
          signal,
        )
        const rows = items.map((one) => [
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
        const none = state === undefined ? 'No upgrade yet.' : `No upgrade is ${state}.`
        print.result({ items }, rows.length === 0 ? [none] : lines)
        return exitCodes.done
      }),
    )
