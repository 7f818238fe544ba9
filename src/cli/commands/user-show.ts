/** `user show`: a user with its groups, keys and policies. */

import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUser } from '../find-access.ts'
import { grantRows, namesIn } from '../grant-rows.ts'
import { table } from '../layout.ts'

export const showUserCommand = (cli: Cli): Command =>
  new Command('show')
    .summary('see a user with its groups, keys and policies')
    .argument('<user>', 'name or id')
    .addHelpText('after', '\nExample:\n  meshlift user show ada')
    .action((asked: string, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const user = await findUser(session, asked, signal)
        const names = await namesIn(session, signal)
        const groups = names.groups.filter(({ members }) => members.includes(user.id))
        const keys = (await session.call('listKeys', { query: { user: user.id } }, signal)).items
        const all = (await session.call('listGrants', {}, signal)).items
        const grants = all.filter((one) => one.user === user.id || groups.some(({ id }) => id === one.group))
        const head = table([
          [user.name, user.enabled ? 'enabled' : 'disabled'],
          ['  rights', user.administrator ? 'administrator' : 'what policies allow'],
          ['  password', user.password ? 'yes' : 'no'],
          ['  groups', groups.map(({ name }) => name).join(', ') || '-'],
          ['  keys', keys.map((key) => `${key.access}${key.enabled ? '' : ' (disabled)'}`).join(', ') || '-'],
          ['  id', user.id],
          ['  since', user.createdAt],
        ])
        const granted = grants.length === 0 ? [] : ['', ...table(grantRows(grants, names))]
        print.result({ ...user, groups: groups.map(({ id, name }) => ({ id, name })), keys, grants }, [
          ...head,
          ...granted,
        ])
        return exitCodes.done
      }),
    )
