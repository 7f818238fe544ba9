/** Reading objects whose shape nobody promised: what is absent or of another type is undefined, empty or 0, never a throw. */

import { isRecord } from '../../lib/json.ts'
import { parseTime } from '../../lib/clock.ts'
import { Problem } from '../../lib/problem.ts'
import type { Labels, Seen, Selector } from '../../upgrade/mesh.ts'
import type { KubeObject, ManagedFields } from '../cluster.ts'

type Path = readonly (string | number)[]

export function field(value: unknown, ...path: Path): unknown {
  let at: unknown = value
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)]
    else if (isRecord(at)) at = at[key]
    else return undefined
  }
  return at ?? undefined
}

export function text(value: unknown, ...path: Path): string | undefined {
  const found = field(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export function count(value: unknown, ...path: Path): number {
  const found = field(value, ...path)
  return typeof found === 'number' ? found : 0
}

export function items(value: unknown, ...path: Path): readonly unknown[] {
  const found = field(value, ...path)
  return Array.isArray(found) ? found : []
}

export function labelsAt(value: unknown, ...path: Path): Labels {
  const found = field(value, ...path)
  if (!isRecord(found)) return {}
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, one]) => (typeof one === 'string' ? [[key, one]] : [])),
  )
}

export function selectorAt(value: unknown, ...path: Path): Selector {
  const found = field(value, ...path)
  const matchLabels = labelsAt(found, 'matchLabels')
  const matchExpressions = items(found, 'matchExpressions').flatMap((one) => expression(one) ?? [])
  return {
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  }
}

function expression(one: unknown): NonNullable<Selector['matchExpressions']>[number] | undefined {
  const key = text(one, 'key')
  const operator = text(one, 'operator')
  if (key === undefined) return undefined
  if (operator === 'In' || operator === 'NotIn') return { key, operator, values: items(one, 'values').map(String) }
  if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator }
  return undefined
}

/** Throws a bug: a server names and versions whatever it stores, so an object without them is none of a server. */
export function seen(cluster: string, object: KubeObject): Seen {
  const { name, uid, resourceVersion } = object.metadata
  if (uid === undefined || resourceVersion === undefined)
    throw new Problem({
      kind: 'bug',
      code: 'mesh/no-identity',
      text: `${object.kind} ${name} was listed without uid or resourceVersion.`,
    })
  return { cluster, name, uid, resourceVersion }
}

/** `shop/cart`, or the bare name of what is cluster-wide. */
export function about(object: KubeObject): string {
  const { namespace, name } = object.metadata
  return namespace === undefined ? name : `${namespace}/${name}`
}

export function createdAt(object: KubeObject): number {
  return parseTime(object.metadata.creationTimestamp) ?? 0
}

export function isTerminating(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined
}

/** Each field manager once, in the order of their first entry. */
export function managersOf(object: KubeObject): readonly string[] {
  return [...new Set((object.metadata.managedFields ?? []).map((entry) => entry.manager))]
}

/**
 * Who last wrote one label: the newest entry of managedFields that has the field. Entries without a time are the oldest.
 * Undefined when nobody owns it, as for a label that is not there.
 */
export function writerOfLabel(entries: readonly ManagedFields[], label: string): string | undefined {
  const owners = entries.filter((entry) => isRecord(field(entry.fieldsV1, 'f:metadata', 'f:labels', `f:${label}`)))
  return owners.toSorted((a, b) => (parseTime(a.time) ?? 0) - (parseTime(b.time) ?? 0)).at(-1)?.manager
}

/** The condition of this type, as `{reason}: {message}`, when it has this status. */
export function condition(object: unknown, type: string, status: 'True' | 'False'): string | undefined {
  const found = items(object, 'status', 'conditions').find(
    (one) => text(one, 'type') === type && text(one, 'status') === status,
  )
  return found === undefined ? undefined : reasonAndMessage(found)
}

/** `ProgressDeadlineExceeded: ReplicaSet "cart-5d9" has timed out progressing.` */
export function reasonAndMessage(value: unknown): string {
  return [text(value, 'reason'), text(value, 'message')].filter((part) => part !== undefined && part !== '').join(': ')
}
