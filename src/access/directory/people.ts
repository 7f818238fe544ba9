/** The rules about users, groups and access keys: what a directory becomes, or why not. */

import type { UserChange } from '../../contract/iam.ts'
import { Problem } from '../../lib/problem.ts'
import type { AccessKey, Directory, Group, User } from './directory.ts'
import { found, named, refuseTaken } from './found.ts'
import { later, laterFor } from './generations.ts'
import type { Change } from './store.ts'

/** What is to be written, and what the caller is answered. */
export interface Made<Row> {
  readonly changes: readonly Change[]
  readonly row: Row
}

export function userMade({ users }: Directory, user: User): Made<User> {
  refuseTaken(users.values(), 'user', user.name)
  return { changes: [{ put: 'user', row: user }], row: user }
}

/** @param passwordHash of `asked.password`: hashing takes long and is done before */
export function userChanged(
  directory: Directory,
  id: string,
  asked: Omit<UserChange, 'password'>,
  passwordHash: string | undefined,
): Made<User> {
  const user = found(directory.users, 'user', id)
  const wanted: User = {
    ...user,
    enabled: asked.enabled ?? user.enabled,
    administrator: asked.administrator ?? user.administrator,
    ...(passwordHash === undefined ? {} : { passwordHash }),
  }
  if (!rules(wanted)) refuseLast(directory, user)
  const same =
    passwordHash === undefined && wanted.enabled === user.enabled && wanted.administrator === user.administrator
  if (same) return { changes: [], row: user }
  const row = later(wanted)
  return { changes: [{ put: 'user', row }], row }
}

/** With it go its keys, its memberships and what it was granted. Its tokens are dead without it. */
export function userRemoved(directory: Directory, id: string): Made<User> {
  const user = found(directory.users, 'user', id)
  refuseLast(directory, user)
  const keys = [...directory.keys.values()].filter((key) => key.user === id)
  const groups = [...directory.groups.values()].filter(({ members }) => members.includes(id))
  const grants = [...directory.grants.values()].filter((grant) => grant.user === id)
  return {
    changes: [
      ...keys.map(({ access }) => ({ remove: 'key', id: access }) as const),
      ...groups.map((group) => ({ put: 'group', row: without(group, id) }) as const),
      ...grants.map((grant) => ({ remove: 'grant', id: grant.id }) as const),
      { remove: 'user', id },
    ],
    row: user,
  }
}

export function groupMade({ groups }: Directory, group: Group): Made<Group> {
  refuseTaken(groups.values(), 'group', group.name)
  return { changes: [{ put: 'group', row: group }], row: group }
}

/** What it was granted goes with it: a grant to nobody would come back to life with nobody knowing. */
export function groupRemoved(directory: Directory, id: string): Made<Group> {
  const group = found(directory.groups, 'group', id)
  const grants = [...directory.grants.values()].filter((grant) => grant.group === id)
  return {
    changes: [
      ...grants.map((grant) => ({ remove: 'grant', id: grant.id }) as const),
      ...laterFor(directory, group.members),
      { remove: 'group', id },
    ],
    row: group,
  }
}

export function groupJoined(directory: Directory, groupId: string, userId: string): Made<Group> {
  const group = found(directory.groups, 'group', groupId)
  const user = found(directory.users, 'user', userId)
  if (group.members.includes(user.id)) return { changes: [], row: group }
  const row = { ...group, members: [...group.members, user.id] }
  return { changes: [{ put: 'group', row }, ...laterFor(directory, [user.id])], row }
}

export function groupLeft(directory: Directory, groupId: string, userId: string): Made<Group> {
  const group = found(directory.groups, 'group', groupId)
  if (!group.members.includes(userId))
    throw new Problem({
      kind: 'not-found',
      code: 'access/not-found',
      text: `The group ${group.name} has no member ${userId}.`,
    })
  const row = without(group, userId)
  return { changes: [{ put: 'group', row }, ...laterFor(directory, [userId])], row }
}

export function keyMade({ users }: Directory, key: AccessKey): Made<AccessKey> {
  named(users, 'user', key.user, 'user')
  return { changes: [{ put: 'key', row: key }], row: key }
}

export function keyChanged(directory: Directory, access: string, enabled: boolean): Made<AccessKey> {
  const key = found(directory.keys, 'key', access)
  if (key.enabled === enabled) return { changes: [], row: key }
  const row = { ...key, enabled }
  // A key is disabled because it leaked: what was made with it must go too. One more key takes nothing from anybody.
  return { changes: [{ put: 'key', row }, ...(enabled ? [] : laterFor(directory, [key.user]))], row }
}

export function keyRemoved(directory: Directory, access: string): Made<AccessKey> {
  const key = found(directory.keys, 'key', access)
  return { changes: [{ remove: 'key', id: access }, ...laterFor(directory, [key.user])], row: key }
}

const without = (group: Group, user: string): Group => ({
  ...group,
  members: group.members.filter((member) => member !== user),
})

const rules = ({ enabled, administrator }: User): boolean => enabled && administrator

/** Without one nobody could ever change anything again. */
function refuseLast({ users }: Directory, user: User): void {
  if (!rules(user) || [...users.values()].some((other) => other.id !== user.id && rules(other))) return
  throw new Problem({
    kind: 'conflict',
    code: 'access/last-administrator',
    text: `${user.name} is the only administrator that is enabled; make another user one first.`,
  })
}
