/** Groups and who is in them. */

import type { Group as Kept } from '../../access/directory/directory.ts'
import type { Group } from '../../contract/iam.ts'
import type { Handlers } from '../handler.ts'
import type { Parts } from '../parts.ts'

type Names = 'createGroup' | 'listGroups' | 'removeGroup' | 'joinGroup' | 'leaveGroup'

export function groupHandlers({ access: { office } }: Pick<Parts, 'access'>): Handlers<Names> {
  const before = (id: string) => {
    const group = office.directory.groups.get(id)
    return group && shown(group)
  }
  return {
    createGroup: async ({ body }) => shown(await office.createGroup(body)),
    listGroups: async () => ({ items: [...office.directory.groups.values()].map(shown) }),
    async removeGroup({ params, was }) {
      was(before(params.group_id))
      return shown(await office.removeGroup(params.group_id))
    },
    async joinGroup({ params, was }) {
      was(before(params.group_id))
      return shown(await office.joinGroup(params.group_id, params.user_id))
    },
    async leaveGroup({ params, was }) {
      was(before(params.group_id))
      return shown(await office.leaveGroup(params.group_id, params.user_id))
    },
  }
}

const shown = ({ id, name, members }: Kept): Group => ({ id, name, members })
