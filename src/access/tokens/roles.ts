/** What stands under `roles` of a token: what its user holds where the token is for, by name. */

import type { Named } from '../caller.ts'
import type { Directory, User, WrittenPolicy } from '../directory/directory.ts'

/**
 * Administrators have `te_admin`, the documented role of those who may do everything; then the names of the policies,
 * each once. The id is `0`, as documented.
 * @param project without one, what was granted within a project does not count
 */
export function rolesOf(
  { groups, grants, policies }: Directory,
  system: readonly WrittenPolicy[],
  user: User,
  project: Named | undefined,
): readonly Named[] {
  const held = [...grants.values()].filter(
    (grant) =>
      (grant.project === undefined || grant.project === project?.id) &&
      (grant.user === user.id || (grant.group !== undefined && groups.get(grant.group)?.members.includes(user.id))),
  )
  const names = held.flatMap(({ policy }) => {
    const known = policies.get(policy) ?? system.find(({ id }) => id === policy)
    return known ? [known.name] : []
  })
  const all = new Set([...(user.administrator ? ['te_admin'] : []), ...names.toSorted()])
  return [...all].map((name) => ({ id: '0', name }))
}
