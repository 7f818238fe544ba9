/** `policy grant`, `policy grants` and `policy revoke`: who has which policy. */

import { Command } from 'commander'
import type { GrantCreate } from '../../contract/iam.ts'
import { Problem } from '../../lib/problem.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findEnterpriseProject, findGroup, findPolicy, findProject, findUser } from '../find-access.ts'
import { grantRows, namesIn } from '../grant-rows.ts'
import { table } from '../layout.ts'
import type { Session } from '../session.ts'

interface Options {
  readonly user?: string
  readonly group?: string
  readonly inProject?: string
  readonly inEnterpriseProject?: string
}

export const grantCommand = (cli: Cli): Command =>
  new Command('grant')
    .summary('give a policy to a user or a group')
    .description(
      'Gives a policy to a user or a group. One of Version 1.1 goes to groups, and may hold in one project or enterprise ' +
        'project only; one of Version 5.0 goes to users and groups, and says itself where it holds.',
    )
    .argument('<policy>', 'name or id')
    .option('--user <USER>', 'who gets it, by name or id')
    .option('--group <GROUP>', 'which group gets it, by name or id')
    .option('--in-project <PROJECT>', 'it holds in this project only')
    .option('--in-enterprise-project <PROJECT>', 'it holds for meshes of this enterprise project only')
    .addHelpText(
      'after',
      `
Examples:
  meshlift policy grant ASMReadOnlyAccess --user grace
  meshlift policy grant 'ASM FullAccess' --group operators --in-project default
  meshlift policy grant planners --user ada`,
    )
    .action((asked: string, options: Options, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const body = await grantOf(session, asked, options, signal)
        const grant = await session.call('createGrant', { body }, signal)
        const [, row = []] = grantRows([grant], await namesIn(session, signal))
        const [policy, , whose, place] = row
        print.result(grant, [`Policy ${policy} is granted to ${whose}${place === 'everywhere' ? '' : ` in ${place}`}.`])
        print.aside(`Take it back: meshlift policy revoke ${grant.id}${session.where}`)
        return exitCodes.done
      }),
    )

async function grantOf(session: Session, asked: string, options: Options, signal: AbortSignal): Promise<GrantCreate> {
  const { user, group, inProject, inEnterpriseProject } = options
  if ((user === undefined) === (group === undefined)) throw oneOf('--user USER', '--group GROUP')
  if (inProject !== undefined && inEnterpriseProject !== undefined)
    throw oneOf('--in-project PROJECT', '--in-enterprise-project PROJECT')
  return {
    policy: (await findPolicy(session, asked, signal)).id,
    ...(user === undefined ? {} : { user: (await findUser(session, user, signal)).id }),
    ...(group === undefined ? {} : { group: (await findGroup(session, group, signal)).id }),
    ...(inProject === undefined ? {} : { project: (await findProject(session, inProject, signal)).id }),
    ...(inEnterpriseProject === undefined
      ? {}
      : { enterpriseProject: (await findEnterpriseProject(session, inEnterpriseProject, signal)).id }),
  }
}

const oneOf = (first: string, second: string): Problem =>
  new Problem({
    kind: 'invalid',
    code: 'cli/usage',
    text: `Say either ${first} or ${second}. See: meshlift policy grant --help`,
  })

export const grantsCommand = (cli: Cli): Command =>
  new Command('grants')
    .summary('list who has which policy')
    .addHelpText('after', '\nExample:\n  meshlift policy grants')
    .action((_: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const list = await session.call('listGrants', {}, signal)
        const rows = list.items.length === 0 ? [] : grantRows(list.items, await namesIn(session, signal))
        print.result(list, rows.length === 0 ? ['No policy is granted to anybody yet.'] : table(rows))
        return exitCodes.done
      }),
    )

export const revokeCommand = (cli: Cli): Command =>
  new Command('revoke')
    .summary('take a policy back')
    .argument('<grant>', 'id of the grant, as "policy grants" shows it')
    .addHelpText('after', '\nExample:\n  meshlift policy revoke 7f6b1a52-5d0e-4b0f-9c39-0c5a4f5d3c11')
    .action((id: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const grant = await session.call('removeGrant', { grant_id: id }, signal)
        const [, row = []] = grantRows([grant], await namesIn(session, signal))
        print.result(grant, [`Policy ${row[0]} is taken back from ${row[2]}.`])
        return exitCodes.done
      }),
    )
