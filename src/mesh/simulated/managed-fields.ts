/**
 * Who owns which field of an object, as server-side apply keeps it: leaf paths in `metadata.managedFields`. Enough of it
 * for the conflicts an upgrade meets (a moved validator against the next Helm run, a label that apply cannot remove).
 */

import { canonical, isRecord } from '../../lib/json.ts'
import { timestamp } from '../../lib/clock.ts'
import type { KubeObject, ManagedFields } from '../cluster.ts'
import { difference, intersection, union } from './path-sets.ts'
import type { PathSet } from './path-sets.ts'

/** Leaf paths in the notation of fieldsV1 (`f:metadata`, `k:{"name":"x"}`), joined, and the value there. */
export type Leaves = ReadonlyMap<string, unknown>

const separator = '\u0000'

/** Lists whose items are fields of their own, told apart by `name`. All others are owned as a whole. */
const listsByName: PathSet = new Set(['f:webhooks', 'f:containers', 'f:initContainers', 'f:env', 'f:volumes'])
/** Maps that are owned as a whole: selectors. */
const wholeMaps: PathSet = new Set(['f:namespaceSelector', 'f:objectSelector', 'f:selector'])
const ownedMetadata: PathSet = new Set(['labels', 'annotations', 'ownerReferences', 'finalizers'])

export function leavesOf(object: KubeObject): Leaves {
  const leaves = new Map<string, unknown>()
  for (const [key, value] of Object.entries(object)) {
    if (key === 'metadata') {
      for (const [name, each] of Object.entries(object.metadata))
        if (ownedMetadata.has(name)) collect(each, ['f:metadata', `f:${name}`], leaves)
    } else if (key !== 'apiVersion' && key !== 'kind' && key !== 'status') collect(value, [`f:${key}`], leaves)
  }
  return leaves
}

function collect(value: unknown, path: readonly string[], leaves: Map<string, unknown>): void {
  const here = path.at(-1) ?? ''
  if (value === undefined) return
  if (isRecord(value) && !wholeMaps.has(here) && Object.keys(value).length > 0)
    for (const [key, each] of Object.entries(value)) collect(each, [...path, `f:${key}`], leaves)
  else if (Array.isArray(value) && listsByName.has(here))
    for (const each of value)
      collect(each, [...path, `k:${JSON.stringify({ name: isRecord(each) ? each['name'] : each })}`], leaves)
  else leaves.set(path.join(separator), value)
}

/** Is the first path inside what the second names? */
export function isBelow(path: string, holder: string): boolean {
  return path.startsWith(`${holder}${separator}`)
}

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
export function changes(before: Leaves, after: Leaves): { readonly changed: PathSet; readonly gone: PathSet } {
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

/** `.webhooks[name="x"].failurePolicy`, as conflicts name a field. */
export function fieldName(path: string): string {
  return path
    .split(separator)
    .map((segment) => (segment.startsWith('k:') ? `[name=${JSON.stringify(nameIn(segment))}]` : `.${segment.slice(2)}`))
    .join('')
}

/** Sets one leaf, making what holds it where it is missing. Changes the draft it is given. */
export function setLeaf(draft: Record<string, unknown>, path: string, value: unknown): void {
  const { steps, last } = stepsOf(path)
  let holder = draft
  for (const { key, name } of steps) {
    if (name === undefined) {
      if (!isRecord(holder[key])) holder[key] = {}
      holder = holder[key] as Record<string, unknown>
      continue
    }
    if (!Array.isArray(holder[key])) holder[key] = []
    const items = holder[key] as Record<string, unknown>[]
    let item = items.find((each) => each['name'] === name)
    if (!item) items.push((item = { name }))
    holder = item
  }
  holder[last] = structuredClone(value)
}

/** Takes one leaf away; a list item without its name goes as a whole. Changes the draft it is given. */
export function dropLeaf(draft: Record<string, unknown>, path: string): void {
  const { steps, last } = stepsOf(path)
  let holder: Record<string, unknown> | undefined = draft
  for (const [index, { key, name }] of steps.entries()) {
    const next: unknown = holder[key]
    if (name !== undefined && Array.isArray(next) && last === 'name' && index === steps.length - 1) {
      holder[key] = next.filter((each: unknown) => !isRecord(each) || each['name'] !== name)
      return
    }
    const found: unknown =
      name === undefined
        ? next
        : Array.isArray(next)
          ? next.find((each: unknown) => isRecord(each) && each['name'] === name)
          : undefined
    if (!isRecord(found)) return
    holder = found as Record<string, unknown>
  }
  delete holder[last]
}

/** A path as steps into maps (`key`) or to an item of a list (`key` and the item's `name`), and the key of the leaf. */
function stepsOf(path: string): {
  readonly steps: readonly { readonly key: string; readonly name?: unknown }[]
  readonly last: string
} {
  const segments = path.split(separator)
  const steps = segments.slice(0, -1).flatMap((segment, index) => {
    if (segment.startsWith('k:')) return []
    const next = segments[index + 1] ?? ''
    return next.startsWith('k:') ? [{ key: segment.slice(2), name: nameIn(next) }] : [{ key: segment.slice(2) }]
  })
  return { steps, last: (segments.at(-1) ?? '').slice(2) }
}

function nameIn(segment: string): unknown {
  return (JSON.parse(segment.slice(2)) as { name: unknown }).name
}
