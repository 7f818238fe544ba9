/** `group`: users who get policies together. */

import { Command } from 'commander'
import { accountName } from '../../contract/shape.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findGroup, findUser } from '../find-access.ts'
import { table } from '../layout.ts'
import { quoted } from '../quoted.ts'

export function groupCommand(cli: Cli): Command {
  const group = new Command('group').summary('add, list and remove groups of users')
  group.addCommand(addCommand(cli))
  group.addCommand(listCommand(cli))
  group.addCommand(removeCommand(cli))
  group.addCommand(memberCommand(cli, 'join', 'joinGroup', 'put a user into a group', 'is in group'))
  group.addCommand(memberCommand(cli, 'leave', 'leaveGroup', 'take a user out of a group', 'is no longer in group'))
  return group
}

const addCommand = (cli: Cli): Command =>
  new Command('add')
    .summary('make a group')
    .argument('<name>', accountName.accepts)
    .addHelpText('after', '\nExample:\n  meshlift group add operators')
    .action((name: string, _: unknown, command: Command) =>
      cli.withServer(
        command,
        async ({ session, signal, print }) => {
          const group = await session.call('createGroup', { body: { name } }, signal)
          print.result(group, [`Group ${group.name} is made.`])
          print.aside(`Put somebody in: meshlift group join ${quoted(group.name)} USER${session.where}`)
          return exitCodes.done
        },
        { mayCreate: true },
      ),
    )

const listCommand = (cli: Cli): Command =>
  new Command('list')
    .summary('list groups with their members')
    .addHelpText('after', '\nExample:\n  meshlift group list')
    .action((_: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const list = await session.call('listGroups', {}, signal)
        const { items: users } = await session.call('listUsers', {}, signal)
        const names = new Map(users.map(({ id, name }) => [id, name]))
        const rows = list.items.map(({ id, name, members }) => [
          name,
          members.map((member) => names.get(member) ?? member).join(', ') || '-',
          id,
        ])
        print.result(list, rows.length === 0 ? ['No group yet.'] : table([['NAME', 'MEMBERS', 'ID'], ...rows]))
        return exitCodes.done
      }),
    )

const removeCommand = (cli: Cli): Command =>
  new Command('remove')
    .summary('remove a group; its members stay')
    .argument('<group>', 'name or id')
    .addHelpText('after', '\nExample:\n  meshlift group remove operators')
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id } = await findGroup(session, asked, signal)
        const group = await session.call('removeGroup', { group_id: id }, signal)
        print.result(group, [`Group ${group.name} is removed.`])
        return exitCodes.done
      }),
    )

const memberCommand = (
  cli: Cli,
  word: string,
  route: 'joinGroup' | 'leaveGroup',
  summary: string,
  said: string,
): Command =>
  new Command(word)
    .summary(summary)
    .argument('<group>', 'name or id')
    .argument('<user>', 'name or id')
    .addHelpText('after', `\nExample:\n  meshlift group ${word} operators ada`)
    .action((askedGroup: string, askedUser: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const { id } = await findGroup(session, askedGroup, signal)
        const user = await findUser(session, askedUser, signal)
        const group = await session.call(route, { group_id: id, user_id: user.id }, signal)
        print.result(group, [`User ${user.name} ${said} ${group.name}.`])
        return exitCodes.done
      }),
    )
