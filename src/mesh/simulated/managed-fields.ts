/**
 * Who owns which field of an object, as server-side apply keeps it in `metadata.managedFields`. Enough of it for the
 * conflicts an upgrade meets (a moved validator against the next Helm run, a label that apply cannot remove).
 */

import { timestamp } from '../../lib/clock.ts'
import { canonical, isRecord } from '../../lib/json.ts'
import type { KubeObject, ManagedFields } from '../cluster.ts'
import type { Leaves } from './leaf-paths.ts'
import { leavesOf, separator } from './leaf-paths.ts'
import { difference, intersection, union } from './path-sets.ts'
import type { PathSet } from './path-sets.ts'

export function pathsOf(entry: ManagedFields): PathSet {
  const paths = new Set<string>()
  const walk = (tree: unknown, path: readonly string[]): void => {
    const members = isRecord(tree) ? Object.entries(tree).filter(([key]) => key !== '.') : []
    if (members.length === 0 && path.length > 0) paths.add(path.join(separator))
    for (const [key, each] of members) walk(each, [...path, key])
  }
  walk(entry.fieldsV1, [])
  return paths
}

interface Tree {
  [segment: string]: Tree
}

function treeOf(paths: Iterable<string>): Tree {
  const root: Tree = {}
  for (const path of paths) {
    let tree = root
    for (const segment of path.split(separator)) tree = tree[segment] ??= {}
  }
  return root
}

export interface Owner {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly now: number
}

/** `own` becomes exactly the owner's entry; the paths in `taken` leave all others. Empty entries go. */
export function withOwner(
  entries: readonly ManagedFields[],
  owner: Owner,
  own: PathSet,
  taken: PathSet,
): readonly ManagedFields[] {
  const others = entries
    .filter((each) => !isOf(each, owner))
    .flatMap((each) => {
      const paths = pathsOf(each)
      if (intersection(paths, taken).size === 0) return [each]
      const left = difference(paths, taken)
      return left.size === 0 ? [] : [{ ...each, fieldsV1: treeOf(left) }]
    })
  if (own.size === 0) return others
  return [
    ...others,
    {
      manager: owner.manager,
      operation: owner.operation,
      apiVersion: owner.apiVersion,
      time: timestamp(owner.now),
      fieldsType: 'FieldsV1',
      fieldsV1: treeOf(own),
    },
  ]
}

export function isOf(entry: ManagedFields, owner: Pick<Owner, 'manager' | 'operation'>): boolean {
  return entry.manager === owner.manager && entry.operation === owner.operation
}

/** Leaves that are new or differ, and those that are gone. */
function changes(before: Leaves, after: Leaves): { readonly changed: PathSet; readonly gone: PathSet } {
  const changed = new Set<string>()
  for (const [path, value] of after)
    if (!before.has(path) || canonical(before.get(path)) !== canonical(value)) changed.add(path)
  return { changed, gone: new Set([...before.keys()].filter((path) => !after.has(path))) }
}

/** Entries after a plain write (create, update, patch): what it changed is the writer's, and nobody else's any more. */
export function afterUpdate(before: KubeObject | undefined, after: KubeObject, owner: Owner): readonly ManagedFields[] {
  const { changed, gone } = changes(before ? leavesOf(before) : new Map(), leavesOf(after))
  const entries = before?.metadata.managedFields ?? []
  if (changed.size === 0 && gone.size === 0) return entries
  const mine = entries.find((each) => isOf(each, owner))
  const own = union(difference(mine ? pathsOf(mine) : new Set<string>(), gone), changed)
  return withOwner(entries, owner, own, union(changed, gone))
}
