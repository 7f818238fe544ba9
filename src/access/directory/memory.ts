/** A directory that ends with the process: the demo and tests. */

import { applied } from './apply.ts'
import type { Directory } from './directory.ts'
import { nameTaken } from './names.ts'
import type { DirectoryStore, Kind } from './store.ts'

export function memoryDirectoryStore(): DirectoryStore {
  let kept: Directory | undefined
  return {
    read: async () => kept,
    async write(changes) {
      const after = applied(kept, changes)
      if (after) refuseTwins(after)
      kept = after
    },
  }
}

function refuseTwins({ users, groups, projects, enterpriseProjects, policies }: Directory): void {
  const kinds: readonly (readonly [Kind, ReadonlyMap<string, { readonly name: string }>])[] = [
    ['user', users],
    ['group', groups],
    ['project', projects],
    ['enterprise-project', enterpriseProjects],
    ['policy', policies],
  ]
  for (const [kind, rows] of kinds) {
    const seen = new Set<string>()
    for (const { name } of rows.values()) {
      if (seen.has(name)) throw nameTaken(kind, name)
      seen.add(name)
    }
  }
}
