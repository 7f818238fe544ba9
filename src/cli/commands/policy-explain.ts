/** `policy explain`: whether somebody may do something, and which statement says so. */

import { Command } from 'commander'
import type { Explanation } from '../../contract/iam.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findMesh } from '../find.ts'
import { findUser } from '../find-access.ts'
import type { Paint } from '../print.ts'

interface Options {
  readonly user: string
  readonly action: string
  readonly mesh?: string
  readonly verbose?: true
}

export const explainCommand = (cli: Cli): Command =>
  new Command('explain')
    .summary('say whether a user may do something, and which statement decides')
    .description('Judges in the project that is worked in, as the server would now. Nothing is done.')
    .requiredOption('--user <USER>', 'whose rights are judged, by name or id')
    .requiredOption('--action <ACTION>', 'such as asm:mesh:upgrade or meshlift:upgrade:finish')
    .option('--mesh <MESH>', 'on this mesh, by name or id; on every mesh when not given')
    .option('--verbose', 'show every statement that was looked at, and why it counts or not')
    .addHelpText(
      'after',
      `
Examples:
  meshlift policy explain --user ada --action asm:mesh:upgrade --mesh shop
  meshlift policy explain --user ada --action meshlift:upgrade:finish --verbose

Ends with 0 when it is allowed, ${exitCodes.denied} when not.`,
    )
    .action((options: Options, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const user = await findUser(session, options.user, signal)
        const mesh = options.mesh === undefined ? undefined : await findMesh(session, options.mesh, signal)
        const body = {
          user: user.id,
          action: options.action,
          project: session.projectId,
          ...(mesh === undefined ? {} : { mesh: mesh.metadata.uid }),
        }
        const explained = await session.call('explain', { body }, signal)
        const asked = `User ${user.name} ${explained.allowed ? 'may' : 'may not'} ${options.action} on ${mesh === undefined ? 'every mesh' : `mesh ${mesh.metadata.name}`}.`
        print.result(explained, [asked, ...explainLines(explained, options.verbose === true, print.paint)])
        return explained.allowed ? exitCodes.done : exitCodes.denied
      }),
    )

function explainLines(
  { because, by, decided, considered }: Explanation,
  all: boolean,
  paint: Paint,
): readonly string[] {
  return [
    because,
    ...(decided === undefined ? [] : [`  ${statementLine(decided)}`]),
    ...(!all && by === 'default' && considered.length > 0
      ? [`${considered.length} statements were looked at; --verbose says why none counted.`]
      : []),
    ...(all
      ? ['Looked at:', ...considered.map((one) => `  ${paint(one.applies ? 'bold' : 'dim', statementLine(one))}`)]
      : []),
    ...(all && considered.length === 0 ? ['  nothing: no policy reaches this user here'] : []),
  ]
}

const statementLine = ({
  policy,
  version,
  through,
  statement,
  sid,
  effect,
  applies,
  why,
}: Explanation['considered'][number]) =>
  `${applies ? effect : `(${effect})`}  policy ${policy} (${version}), statement ${statement}${sid === undefined ? '' : ` "${sid}"`}, through ${through}: ${why}`
