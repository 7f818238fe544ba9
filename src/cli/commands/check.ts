/** `check`: what stands in the way of an upgrade, without starting one. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findMesh } from '../find.ts'
import { blocks, findingLines } from '../findings.ts'

export const checkCommand = (cli: Cli): Command =>
  new Command('check')
    .summary('see what stands in the way of an upgrade')
    .description('Runs the checks of an upgrade and touches nothing: no task is made, nothing is written.')
    .argument('<mesh>', 'name or id')
    .requiredOption('--to <VERSION>', 'version that would be moved to')
    .addHelpText(
      'after',
      `
Examples:
  meshlift check shop --to 1.31
  meshlift check shop --to 1.31 --output json | jq '.findings[].text'

Ends with 0 when nothing blocks, 6 when something does.`,
    )
    .action((asked: string, { to }: { readonly to: string }, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const mesh = await findMesh(session, asked, signal)
        const report = await session.call('checkMesh', { body: { mesh: mesh.metadata.uid, targetVersion: to } }, signal)
        print.result(report, findingLines(report, print.paint))
        return blocks(report) ? exitCodes.blocked : exitCodes.done
      }),
    )
