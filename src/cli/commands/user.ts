/** `user`: who may log in. */

import { Command } from 'commander'
import type { User, UserChange } from '../../contract/iam.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUser } from '../find-access.ts'
import { table } from '../layout.ts'
import { addUserCommand, userPasswordCommand } from './user-password.ts'
import { showUserCommand } from './user-show.ts'

export function userCommand(cli: Cli): Command {
  const group = new Command('user').summary('add, list, change and remove users')
  group.addCommand(addUserCommand(cli))
  group.addCommand(listCommand(cli))
  group.addCommand(showUserCommand(cli))
  group.addCommand(userPasswordCommand(cli))
  group.addCommand(
    changeCommand(cli, 'enable', { enabled: true }, 'let a disabled user in again', 'may log in and sign again'),
  )
  group.addCommand(
    changeCommand(cli, 'disable', { enabled: false }, 'shut a user out; its tokens end at once', 'is shut out'),
  )
  group.addCommand(
    changeCommand(cli, 'promote', { administrator: true }, 'make a user an administrator', 'may do everything now'),
  )
  group.addCommand(
    changeCommand(
      cli,
      'demote',
      { administrator: false },
      'take that back',
      'is no administrator any more: policies say what it may do',
    ),
  )
  group.addCommand(removeCommand(cli))
  return group
}

const listCommand = (cli: Cli): Command =>
  new Command('list')
    .summary('list users')
    .addHelpText('after', '\nExample:\n  meshlift user list')
    .action((_: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const list = await session.call('listUsers', {}, signal)
        const rows = list.items.map((one) => [
          one.name,
          stateOf(one),
          one.administrator ? 'administrator' : '',
          one.password ? 'yes' : 'no',
          one.createdAt,
          one.id,
        ])
        print.result(list, table([['NAME', 'STATE', 'RIGHTS', 'PASSWORD', 'CREATED', 'ID'], ...rows]))
        return exitCodes.done
      }),
    )

const stateOf = ({ enabled }: User): string => (enabled ? 'enabled' : 'disabled')

const changeCommand = (cli: Cli, word: string, body: UserChange, summary: string, said: string): Command =>
  new Command(word)
    .summary(summary)
    .argument('<user>', 'name or id')
    .addHelpText('after', `\nExample:\n  meshlift user ${word} ada`)
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id } = await findUser(session, asked, signal)
        const user = await session.call('changeUser', { user_id: id, body }, signal)
        print.result(user, [`User ${user.name} ${said}.`])
        return exitCodes.done
      }),
    )

const removeCommand = (cli: Cli): Command =>
  new Command('remove')
    .summary('remove a user with its keys and tokens')
    .argument('<user>', 'name or id')
    .addHelpText('after', '\nExample:\n  meshlift user remove ada')
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id } = await findUser(session, asked, signal)
        const user = await session.call('removeUser', { user_id: id }, signal)
        print.result(user, [`User ${user.name} is removed, with its keys and tokens.`])
        return exitCodes.done
      }),
    )
