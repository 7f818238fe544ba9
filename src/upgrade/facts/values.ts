/** Helm values of the new revision: what the user gave the old release, less what names the old revision (decision 8). */

import type { ReleaseFact } from '../mesh.ts'
import type { ControlPlaneRef } from '../record.ts'

type Values = Readonly<Record<string, unknown>>

export function valuesFor(old: Pick<ReleaseFact, 'values'>, to: ControlPlaneRef, override: Values = {}): Values {
  return merge(merge(untagged(old.values), untagged(override)), { revision: to.revision, global: { tag: to.version } })
}

/** A tag that the old release owns cannot be made again by the new one: Helm refuses the whole installation. Tags are moved later, one by one. */
function untagged(values: Values): Values {
  const { revision: _revision, revisionTags: _tags, ...kept } = values
  if (!isObject(kept['global'])) return kept
  const { tag: _tag, ...globals } = kept['global']
  return { ...kept, global: globals }
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As Helm merges values: objects member by member, everything else is replaced. */
function merge(under: Values, over: Values): Values {
  const merged: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key]
    merged[key] = isObject(before) && isObject(value) ? merge(before, value) : value
  }
  return merged
}
