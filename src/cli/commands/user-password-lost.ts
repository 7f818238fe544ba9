/** `user password --lost`: in the data folder itself, for when nobody can log in who may change it. */

import { existsSync } from 'node:fs'
import { Problem } from '../../lib/problem.ts'
import type { Run } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { newPassword } from '../new-password.ts'
import type { PasswordOptions } from '../new-password.ts'
import { noFolder, openFolder } from '../open-folder.ts'
import { quoted } from '../quoted.ts'

/** The server's own lock on the database keeps this from working beside one. */
export async function setLost(run: Run, asked: string, options: PasswordOptions): Promise<number> {
  const { loaded, world, print } = run
  const { data } = loaded.config
  if (data === undefined)
    throw new Problem({
      kind: 'invalid',
      code: 'cli/lost-where',
      text: 'A lost password is set in the data folder itself: stop the server, and name the folder with --data DIR.',
    })
  if (!existsSync(data)) throw noFolder(data)
  const password = await newPassword(run, `New password of ${asked}`, options)
  if (password === undefined) throw needsPassword(asked, ` --lost --data ${quoted(data)}`)
  const server = await openFolder(world, loaded.config, data)
  try {
    const user = await server.setLostPassword(asked, password)
    print.result(user, [`User ${user.name} has another password; its tokens are no longer good.`])
    print.aside('The audit log has it: from "data folder", by nobody that is known.')
    return exitCodes.done
  } finally {
    await server.close()
  }
}

export const needsPassword = (name: string, where: string): Problem =>
  new Problem({
    kind: 'invalid',
    code: 'cli/needs-password',
    text: `No password was given. Type one on a terminal, or pipe it: meshlift user password ${quoted(name)} --password-stdin${where}`,
  })
