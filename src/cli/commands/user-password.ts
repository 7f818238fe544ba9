/** `user add` and `user password`: where a password is given. */

import { Command } from 'commander'
import { accountName } from '../../contract/shape.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUser } from '../find-access.ts'
import { newPassword } from '../new-password.ts'
import type { PasswordOptions } from '../new-password.ts'
import { quoted } from '../quoted.ts'
import { needsPassword, setLost } from './user-password-lost.ts'

const fromStdin = ['--password-stdin', 'read the password from standard input'] as const

export const addUserCommand = (cli: Cli): Command =>
  new Command('add')
    .summary('make a user')
    .description(
      'Makes a user, who may do nothing until a policy is granted. The password is asked for on a terminal; without one ' +
        'nobody can log in as this user, but access keys work.',
    )
    .argument('<name>', accountName.accepts)
    .option('--administrator', 'may do everything, and what only administrators may do')
    .option(...fromStdin)
    .addHelpText(
      'after',
      `
Examples:
  meshlift user add ada
  meshlift user add pipeline --output json
  meshlift user add grace --administrator --password-stdin < password.txt`,
    )
    .action((name: string, options: PasswordOptions & { readonly administrator?: true }, command: Command) =>
      cli.withServer(
        command,
        async (run) => {
          const { session, signal, print } = run
          const password = await newPassword(run, `Password of ${name} (nothing for none)`, options)
          const body = {
            name,
            ...(password === undefined ? {} : { password }),
            ...(options.administrator === undefined ? {} : { administrator: true }),
          }
          const user = await session.call('createUser', { body }, signal)
          const rights = user.administrator ? ', an administrator' : ''
          print.result(user, [
            `User ${user.name} is made${rights}; ${user.password ? 'it can log in' : 'it has no password'}.`,
          ])
          if (!user.password)
            print.aside(`Give it a key: meshlift key create --user ${quoted(user.name)}${session.where}`)
          if (!user.administrator)
            print.aside(
              `Let it do something: meshlift policy grant ASMReadOnlyAccess --user ${quoted(user.name)}${session.where}`,
            )
          return exitCodes.done
        },
        { mayCreate: true },
      ),
    )

export const userPasswordCommand = (cli: Cli): Command =>
  new Command('password')
    .summary('give a user another password; its tokens end at once')
    .argument('<user>', 'name or id')
    .option(...fromStdin)
    .option('--lost', 'nobody can log in: set it in the data folder, while no server runs on it')
    .addHelpText(
      'after',
      `
Examples:
  meshlift user password ada
  meshlift user password ada --password-stdin < password.txt
  meshlift user password admin --lost --data /var/lib/meshlift`,
    )
    .action((asked: string, options: PasswordOptions & { readonly lost?: true }, command: Command) => {
      if (options.lost === true) return cli.run(command, (run) => setLost(run, asked, options), { logLevel: 'error' })
      return cli.withServer(command, async (run) => {
        const { session, signal, print } = run
        const { id, name } = await findUser(session, asked, signal)
        const password = await newPassword(run, `New password of ${name}`, options)
        if (password === undefined) throw needsPassword(name, session.where)
        const user = await session.call('changeUser', { user_id: id, body: { password } }, signal)
        print.result(user, [`User ${user.name} has another password; its tokens are no longer good.`])
        print.aside('Where the old one is written down, such as DIR/admin.json, it no longer logs in.')
        return exitCodes.done
      })
    })
