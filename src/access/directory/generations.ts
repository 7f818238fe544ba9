/**
 * Tokens and temporary keys carry the generation of their user. Whoever may do something else than a moment ago, more or
 * less, or lost a secret, logs in again: that is how a token dies early (asm-api 6).
 */

import type { Directory, User } from './directory.ts'
import type { Change } from './store.ts'

export const later = (user: User): User => ({ ...user, generation: user.generation + 1 })

/** For these users, by id; those that are gone are passed over. */
export function laterFor({ users }: Directory, ids: Iterable<string>): readonly Change[] {
  return [...new Set(ids)].flatMap((id) => {
    const user = users.get(id)
    return user ? [{ put: 'user', row: later(user) } as const] : []
  })
}

/** Ids of those whom a grant is about: the user, or the members of the group. */
export function holders(
  { groups }: Directory,
  { user, group }: { readonly user?: string; readonly group?: string },
): readonly string[] {
  return [
    ...(user === undefined ? [] : [user]),
    ...((group === undefined ? undefined : groups.get(group))?.members ?? []),
  ]
}
