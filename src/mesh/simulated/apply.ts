/** Server-side apply: what a manager applied is its own; it takes nothing from others without force, and removes only what nobody else owns. */

import { canonical, isRecord } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import type { KubeObject, ManagedFields } from '../cluster.ts'
import type { Owner } from './managed-fields.ts'
import { dropLeaf, fieldName, isBelow, leavesOf, setLeaf } from './leaf-paths.ts'
import { isOf, pathsOf, withOwner } from './managed-fields.ts'
import { difference, intersection } from './path-sets.ts'
import type { PathSet } from './path-sets.ts'

export interface Applied {
  readonly object: KubeObject
  readonly managedFields: readonly ManagedFields[]
}

/** @throws Problem `conflict` naming the other managers and their fields, when `force` is not given. */
export function applied(live: KubeObject, config: KubeObject, owner: Owner, force: boolean): Applied {
  const wanted = leavesOf(config)
  const there = leavesOf(live)
  const differs = (path: string, value: unknown): boolean => {
    if (canonical(there.get(path)) === canonical(value)) return false
    // `labels: {}` says nothing about the labels that are there.
    return !(isEmptyMap(value) && [...there.keys()].some((each) => isBelow(each, path)))
  }
  const changed = new Set([...wanted].filter(([path, value]) => differs(path, value)).map(([path]) => path))
  const entries = knownEntries(live, owner)
  const others = entries.filter((each) => !isOf(each, owner))
  const conflicts = others.flatMap((each) => {
    const fields = intersection(pathsOf(each), changed)
    return fields.size === 0 ? [] : [{ entry: each, fields }]
  })
  if (conflicts.length > 0 && !force) throw conflictProblem(config, conflicts)

  const draft = structuredClone(live) as Record<string, unknown>
  for (const path of changed) setLeaf(draft, path, wanted.get(path))
  const mine = entries.find((each) => isOf(each, owner))
  const dropped = difference(mine ? pathsOf(mine) : new Set(), new Set(wanted.keys()))
  for (const path of dropped) if (!others.some((each) => pathsOf(each).has(path))) dropLeaf(draft, path)
  return {
    object: draft as KubeObject,
    managedFields: withOwner(entries, owner, new Set(wanted.keys()), changed),
  }
}

/** An object whose list was emptied belongs wholly to `before-first-apply`: the next apply then meets conflicts everywhere. */
function knownEntries(live: KubeObject, owner: Owner): readonly ManagedFields[] {
  const entries = live.metadata.managedFields ?? []
  if (entries.length > 0) return entries
  return withOwner(
    [],
    { ...owner, manager: 'before-first-apply', operation: 'Update' },
    new Set(leavesOf(live).keys()),
    new Set(),
  )
}

function conflictProblem(
  config: KubeObject,
  conflicts: readonly { readonly entry: ManagedFields; readonly fields: PathSet }[],
): Problem {
  const count = conflicts.reduce((sum, each) => sum + each.fields.size, 0)
  const parts = conflicts.map(
    ({ entry, fields }) => `conflicts with "${entry.manager}": ${[...fields].map(fieldName).join(', ')}`,
  )
  return new Problem({
    kind: 'conflict',
    code: 'simulated/apply-conflict',
    text: `Apply of ${config.kind} ${config.metadata.name} failed with ${count} conflict${count === 1 ? '' : 's'}: ${parts.join('; ')}.`,
  })
}

function isEmptyMap(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0
}
