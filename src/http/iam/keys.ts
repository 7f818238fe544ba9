/** Access keys. The secret is in the answer that makes one and nowhere else. */

import type { AccessKey } from '../../access/directory/directory.ts'
import type { Key } from '../../contract/iam.ts'
import { timestamp } from '../../lib/clock.ts'
import type { Handlers } from '../handler.ts'
import type { Parts } from '../parts.ts'

type Names = 'createKey' | 'listKeys' | 'changeKey' | 'removeKey'

export function keyHandlers({ access: { office } }: Pick<Parts, 'access'>): Handlers<Names> {
  const before = (access: string) => {
    const key = office.directory.keys.get(access)
    return key && shown(key)
  }
  return {
    createKey: ({ body }) => office.createKey(body),
    listKeys: async ({ query }) => ({
      items: [...office.directory.keys.values()]
        .filter(({ user }) => query.user === undefined || user === query.user)
        .map(shown),
    }),
    async changeKey({ params, body, was }) {
      was(before(params.access))
      return shown(await office.changeKey(params.access, body))
    },
    async removeKey({ params, was }) {
      was(before(params.access))
      return shown(await office.removeKey(params.access))
    },
  }
}

const shown = ({ access, user, enabled, description, createdAt }: AccessKey): Key => ({
  access,
  user,
  enabled,
  ...(description === undefined ? {} : { description }),
  createdAt: timestamp(createdAt),
})
