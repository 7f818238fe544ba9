/** Users: who may log in. Answers say whether there is a password, never what is kept of it. */

import type { User as Kept } from '../../access/directory/directory.ts'
import type { User } from '../../contract/iam.ts'
import { timestamp } from '../../lib/clock.ts'
import type { Handlers } from '../handler.ts'
import type { Parts } from '../parts.ts'

type Names = 'createUser' | 'listUsers' | 'changeUser' | 'removeUser'

export function userHandlers({ access: { office } }: Pick<Parts, 'access'>): Handlers<Names> {
  const before = (id: string) => {
    const user = office.directory.users.get(id)
    return user && shown(user)
  }
  return {
    createUser: async ({ body }) => shown(await office.createUser(body)),
    listUsers: async () => ({ items: [...office.directory.users.values()].map(shown) }),
    async changeUser({ params, body, was }) {
      was(before(params.user_id))
      return shown(await office.changeUser(params.user_id, body))
    },
    async removeUser({ params, was }) {
      was(before(params.user_id))
      return shown(await office.removeUser(params.user_id))
    },
  }
}

const shown = ({ id, name, enabled, administrator, passwordHash, createdAt }: Kept): User => ({
  id,
  name,
  enabled,
  administrator,
  password: passwordHash !== undefined,
  createdAt: timestamp(createdAt),
})
