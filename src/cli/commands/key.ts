/** `key`: access keys, which sign requests instead of a password. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUser } from '../find-access.ts'
import { table } from '../layout.ts'

export function keyCommand(cli: Cli): Command {
  const group = new Command('key').summary('create, list, disable and remove access keys')
  group.addCommand(createCommand(cli))
  group.addCommand(listCommand(cli))
  group.addCommand(changeCommand(cli, 'enable', true, 'let a disabled access key sign again', 'signs again'))
  group.addCommand(changeCommand(cli, 'disable', false, 'keep an access key from signing', 'no longer signs'))
  group.addCommand(removeCommand(cli))
  return group
}

const createCommand = (cli: Cli): Command =>
  new Command('create')
    .summary('make an access key; its secret is shown once')
    .description(
      'Makes an access key for a user and shows its secret, which is never shown again: send the output where secrets are kept.',
    )
    .requiredOption('--user <NAME>', 'name or id of the user that the key acts for')
    .option('--description <TEXT>', 'what it is for')
    .addHelpText(
      'after',
      `
Examples:
  meshlift key create --user pipeline --description 'nightly upgrades'
  meshlift key create --data DIR --user pipeline --output json > key.json`,
    )
    .action((options: { readonly user: string; readonly description?: string }, command: Command) =>
      cli.withServer(
        command,
        async ({ session, signal, print }) => {
          const { id } = await findUser(session, options.user, signal)
          const { description } = options
          const body = { user: id, ...(description === undefined ? {} : { description }) }
          const { access, secret } = await session.call('createKey', { body }, signal)
          print.result({ access, secret }, [`access  ${access}`, `secret  ${secret}`])
          print.aside('The secret is not shown again. Sign with MESHLIFT_ACCESS_KEY and MESHLIFT_SECRET_KEY.')
          return exitCodes.done
        },
        { mayCreate: true },
      ),
    )

const listCommand = (cli: Cli): Command =>
  new Command('list')
    .summary('list access keys, without their secrets')
    .option('--user <NAME>', 'only those of this user, by name or id')
    .addHelpText('after', '\nExamples:\n  meshlift key list\n  meshlift key list --user pipeline')
    .action((options: { readonly user?: string }, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { items: users } = await session.call('listUsers', {}, signal)
        const only = options.user === undefined ? {} : { user: (await findUser(session, options.user, signal)).id }
        const list = await session.call('listKeys', { query: only }, signal)
        const names = new Map(users.map(({ id, name }) => [id, name]))
        const rows = list.items.map((one) => [
          one.access,
          names.get(one.user) ?? one.user,
          one.enabled ? 'enabled' : 'disabled',
          one.createdAt,
          one.description ?? '',
        ])
        const head = ['ACCESS', 'USER', 'STATE', 'CREATED', 'DESCRIPTION']
        print.result(list, rows.length === 0 ? ['No access key yet.'] : table([head, ...rows]))
        return exitCodes.done
      }),
    )

const changeCommand = (cli: Cli, word: string, enabled: boolean, summary: string, said: string): Command =>
  new Command(word)
    .summary(summary)
    .argument('<access>', 'the access key, without its secret')
    .addHelpText('after', `\nExample:\n  meshlift key ${word} QTWAOYTTINDUT2QVKYUC`)
    .action((access: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const key = await session.call('changeKey', { access, body: { enabled } }, signal)
        print.result(key, [`Access key ${key.access} ${said}.`])
        return exitCodes.done
      }),
    )

const removeCommand = (cli: Cli): Command =>
  new Command('remove')
    .summary('remove an access key')
    .argument('<access>', 'the access key, without its secret')
    .addHelpText('after', '\nExample:\n  meshlift key remove QTWAOYTTINDUT2QVKYUC')
    .action((access: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const key = await session.call('removeKey', { access }, signal)
        print.result(key, [`Access key ${key.access} is removed.`])
        return exitCodes.done
      }),
    )
