/**
 * The way back in when nobody who may change passwords knows one.
 *
 * It asks for no proof. Whoever has opened the data folder has the key file and the database, and could put a hash of
 * their own into the latter; here it is at least checked, ends the tokens of before and is in the audit log. It is for the
 * process that has the folder and never for a request.
 */

import { Value } from 'typebox/value'
import { UserChange } from '../contract/iam.ts'
import { Problem } from '../lib/problem.ts'
import type { Access } from './access.ts'
import type { Named } from './caller.ts'

export interface LostPassword {
  /** Name or id. */
  readonly user: string
  readonly password: string
  /** New; both entries of the audit log have it. */
  readonly requestId: string
}

/** not-found (`access/not-found`); invalid (`access/password-form`). */
export async function setLostPassword(
  { office, audit, now }: Pick<Access, 'office' | 'audit' | 'now'>,
  { user: asked, password, requestId }: LostPassword,
): Promise<Named> {
  const users = office.directory.users
  const user = users.get(asked) ?? [...users.values()].find(({ name }) => name === asked)
  if (user === undefined)
    throw new Problem({ kind: 'not-found', code: 'access/not-found', text: `There is no user ${asked}.` })
  if (!Value.Check(UserChange, { password }))
    throw new Problem({
      kind: 'invalid',
      code: 'access/password-form',
      text: 'The password must be a text of 8 to 256 characters.',
    })
  const { id, name } = user
  // Where addresses stand otherwise.
  const from = 'data folder'
  const entry = { requestId, from, operation: 'changeUser', about: `/meshlift/v1/iam/users/${id}` }
  await audit.append({ ...entry, at: now(), kind: 'asked' })
  await office.changeUser(id, { password })
  await audit.append({ ...entry, at: now(), kind: 'answered', status: 200, after: { id, name } })
  return { id, name }
}
