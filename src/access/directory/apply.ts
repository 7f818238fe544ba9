/** What a directory becomes. Pure: the office and the store in memory both go by it. */

import type { Directory } from './directory.ts'
import type { Change, Kind, Rows } from './store.ts'

type Maps = { -readonly [K in Exclude<Kind, 'domain'>]: Map<string, Rows[K]> }

/** @param before undefined before the first write, which must bring the domain */
export function applied(before: Directory | undefined, changes: readonly Change[]): Directory | undefined {
  let domain = before?.domain
  let proof = before?.proof
  const maps: Maps = {
    user: new Map(before?.users),
    group: new Map(before?.groups),
    project: new Map(before?.projects),
    'enterprise-project': new Map(before?.enterpriseProjects),
    key: new Map(before?.keys),
    policy: new Map(before?.policies),
    grant: new Map(before?.grants),
  }
  for (const change of changes) {
    if ('remove' in change) {
      maps[change.remove].delete(change.id)
    } else if (change.put === 'domain') {
      domain = { id: change.row.id, name: change.row.name }
      proof = change.row.proof
    } else {
      const rows: Map<string, unknown> = maps[change.put]
      rows.set(change.put === 'key' ? change.row.access : change.row.id, change.row)
    }
  }
  if (domain === undefined) return undefined
  return {
    domain,
    ...(proof === undefined ? {} : { proof }),
    users: maps.user,
    groups: maps.group,
    projects: maps.project,
    enterpriseProjects: maps['enterprise-project'],
    keys: maps.key,
    policies: maps.policy,
    grants: maps.grant,
  }
}
