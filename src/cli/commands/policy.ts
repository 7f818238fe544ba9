/** `policy`: what users and groups may do. */

import { Command } from 'commander'
import { accountName } from '../../contract/shape.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findPolicy } from '../find-access.ts'
import { table } from '../layout.ts'
import { policyIn } from '../policy-file.ts'
import { quoted } from '../quoted.ts'
import { explainCommand } from './policy-explain.ts'
import { grantCommand, grantsCommand, revokeCommand } from './policy-grant.ts'

export function policyCommand(cli: Cli): Command {
  const group = new Command('policy').summary('write policies, grant them, and explain what they allow')
  for (const make of [
    addCommand,
    changeCommand,
    listCommand,
    showCommand,
    removeCommand,
    grantCommand,
    grantsCommand,
    revokeCommand,
    explainCommand,
  ])
    group.addCommand(make(cli))
  return group
}

const file = ['--file <FILE>', 'the policy in JSON or YAML; - reads standard input'] as const

const addCommand = (cli: Cli): Command =>
  new Command('add')
    .summary('write a policy')
    .description(
      'Writes a policy of Version 1.1, for groups, or 5.0, for users and groups. It is checked as it is written, and allows ' +
        'nobody anything until it is granted.',
    )
    .argument('<name>', accountName.accepts)
    .requiredOption(...file)
    .addHelpText(
      'after',
      `
Examples:
  meshlift policy add planners --file planners.yaml
  meshlift policy add planners --file - < planners.json`,
    )
    .action((name: string, options: { readonly file: string }, command: Command) =>
      cli.withServer(
        command,
        async (run) => {
          const { session, signal, print } = run
          const document = await policyIn(options.file, run)
          const policy = await session.call('createPolicy', { body: { name, document } }, signal)
          const who = policy.version === '1.1' ? '--group GROUP' : '--user USER'
          print.result(policy, [`Policy ${policy.name}, Version ${policy.version}, is written.`])
          print.aside(`Grant it: meshlift policy grant ${quoted(policy.name)} ${who}${session.where}`)
          return exitCodes.done
        },
        { mayCreate: true },
      ),
    )

const changeCommand = (cli: Cli): Command =>
  new Command('change')
    .summary('write a policy anew; it holds at once for everybody who has it')
    .argument('<policy>', 'name or id')
    .requiredOption(...file)
    .addHelpText('after', '\nExample:\n  meshlift policy change planners --file planners.yaml')
    .action((asked: string, options: { readonly file: string }, command: Command) =>
      cli.withServer(command, async (run) => {
        const { session, signal, print } = run
        const document = await policyIn(options.file, run)
        const { id } = await findPolicy(session, asked, signal)
        const policy = await session.call('changePolicy', { policy_id: id, body: { document } }, signal)
        print.result(policy, [`Policy ${policy.name} is written anew.`])
        return exitCodes.done
      }),
    )

const listCommand = (cli: Cli): Command =>
  new Command('list')
    .summary('list policies')
    .addHelpText('after', '\nExample:\n  meshlift policy list')
    .action((_: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const list = await session.call('listPolicies', {}, signal)
        const rows = list.items.map((one) => [one.name, one.version, one.system ? 'program' : 'here', one.id])
        print.result(list, table([['NAME', 'VERSION', 'WRITTEN BY', 'ID'], ...rows]))
        return exitCodes.done
      }),
    )

const showCommand = (cli: Cli): Command =>
  new Command('show')
    .summary('see a policy, as "policy change --file" takes it')
    .argument('<policy>', 'name or id')
    .addHelpText('after', '\nExample:\n  meshlift policy show planners > planners.json')
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id } = await findPolicy(session, asked, signal)
        const policy = await session.call('getPolicy', { policy_id: id }, signal)
        print.aside(
          `Policy ${policy.name}, Version ${policy.version}${policy.system ? ', defined by the program' : ''}:`,
        )
        print.result(policy, JSON.stringify(policy.document, undefined, 2).split('\n'))
        return exitCodes.done
      }),
    )

const removeCommand = (cli: Cli): Command =>
  new Command('remove')
    .summary('remove a policy that nobody has')
    .argument('<policy>', 'name or id')
    .addHelpText('after', '\nExample:\n  meshlift policy remove planners')
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id } = await findPolicy(session, asked, signal)
        const policy = await session.call('removePolicy', { policy_id: id }, signal)
        print.result(policy, [`Policy ${policy.name} is removed.`])
        return exitCodes.done
      }),
    )
