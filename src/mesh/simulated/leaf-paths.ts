/** Fields of an object as server-side apply names them: paths to leaves, in the notation of fieldsV1. */

import { isRecord } from '../../lib/json.ts'
import type { KubeObject } from '../cluster.ts'
import type { PathSet } from './path-sets.ts'

/** Leaf paths in the notation of fieldsV1 (`f:metadata`, `k:{"name":"x"}`), joined, and the value there. */
export type Leaves = ReadonlyMap<string, unknown>

export const separator = '\u0000'

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
