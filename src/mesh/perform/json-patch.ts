/** Operations of a JSON patch that turn what is there into what is wanted; none where it already is so. */

import { isRecord, sameJson } from '../../lib/json.ts'
import type { PatchOperation } from '../cluster.ts'
import { field } from '../observe/read.ts'

type Path = readonly (string | number)[]

/** `/metadata/labels/istio.io~1rev` */
export function pointer(...path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** One field to this value; `undefined` takes it away. */
export function set(object: unknown, path: Path, value: unknown): readonly PatchOperation[] {
  const now = field(object, ...path)
  if (sameJson(now, value)) return []
  if (value === undefined) return [{ op: 'remove', path: pointer(...path) }]
  return [{ op: now === undefined ? 'add' : 'replace', path: pointer(...path), value }]
}

/**
 * Members of a map of texts (labels, annotations); `undefined` takes one away. A map that is absent is added whole, one
 * that would be left empty is removed whole: `add` below an absent map fails, and `{}` is not what was there before.
 */
export function setMembers(
  object: unknown,
  path: Path,
  members: Readonly<Record<string, string | undefined>>,
): readonly PatchOperation[] {
  const map = field(object, ...path)
  const before = isRecord(map) ? map : {}
  const after = Object.fromEntries(Object.entries({ ...before, ...members }).filter(([, value]) => value !== undefined))
  if (sameJson(before, after)) return []
  if (!isRecord(map)) return [{ op: 'add', path: pointer(...path), value: after }]
  if (Object.keys(after).length === 0) return [{ op: 'remove', path: pointer(...path) }]
  return Object.entries(members).flatMap(([key, value]) =>
    set(before, [key], value).map((one) => ({ ...one, path: pointer(...path, key) })),
  )
}
