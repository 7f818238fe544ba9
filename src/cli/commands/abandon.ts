/** `abandon`: ends an upgrade where it stands. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUpgrade } from '../find.ts'
import { conclude } from '../steer.ts'

export const abandonCommand = (cli: Cli): Command =>
  new Command('abandon')
    .summary('end an upgrade where it stands')
    .description(
      'Ends an upgrade without another write to the mesh: whatever was moved stays moved, and both control planes may ' +
        'be left. For an upgrade that only checked, or that you go on with by hand.',
    )
    .argument('<upgrade>', 'mesh, or id or name of an upgrade')
    .addHelpText('after', '\nExample:\n  meshlift abandon shop')
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async (run) => {
        const { id } = await findUpgrade(run.session, asked, run.signal)
        const after = await run.session.call('abandonUpgrade', { mesh_upgrade_id: id }, run.signal)
        return conclude(run, after, exitCodes.done)
      }),
    )
