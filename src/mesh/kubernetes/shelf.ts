/**
 * The objects of one collection by name. Lists, watch events and answers to own writes come in any order; the newest
 * resourceVersion wins. (They may be compared as numbers: KEP-5504, and true of every API server on etcd before it.)
 */

import type { KubeObject } from '../cluster.ts'

export interface Shelf {
  objects(): readonly KubeObject[]
  /** A whole list as of `version`; what an own write made since stays. `anew`: whatever was here before counts for nothing. */
  fill(list: readonly KubeObject[], version: string, anew: boolean): void
  /** Watch events come in order: with one of this version everything up to it has been seen. */
  seen(version: string): void
  /** @returns false when something at least as new is known. */
  put(object: KubeObject): boolean
  /** A deletion. @returns false when something at least as new is known. */
  take(object: KubeObject): boolean
}

/** `12345` */
export function isVersion(text: unknown): text is string {
  return typeof text === 'string' && /^\d+$/.test(text)
}

export function emptyShelf(): Shelf {
  let byName = new Map<string, KubeObject>()
  /** Everything up to here is in, deletions too. */
  let floor = 0n
  /** What was handed out never changes; made again only after a change. */
  let copy: readonly KubeObject[] | undefined

  const isNews = (object: KubeObject): boolean => {
    const version = versionOf(object)
    const known = byName.get(keyOf(object))
    return version > floor && (known === undefined || version > versionOf(known))
  }

  return {
    objects() {
      copy ??= [...byName.values()]
      return copy
    },
    fill(list, version, anew) {
      const asOf = BigInt(version)
      // The watch has seen more than this list, which was on its way meanwhile: to take it would bring back what is deleted.
      if (!anew && asOf < floor) return
      const next = new Map(list.map((object) => [keyOf(object), object]))
      if (!anew) for (const [key, object] of byName) if (versionOf(object) > asOf) next.set(key, object)
      byName = next
      floor = asOf
      copy = undefined
    },
    seen(version) {
      const to = BigInt(version)
      if (to > floor) floor = to
    },
    put(object) {
      if (!isNews(object)) return false
      byName.set(keyOf(object), object)
      copy = undefined
      return true
    },
    take(object) {
      if (!isNews(object)) return false
      byName.delete(keyOf(object))
      copy = undefined
      return true
    },
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

function versionOf({ metadata: { resourceVersion } }: KubeObject): bigint {
  return isVersion(resourceVersion) ? BigInt(resourceVersion) : 0n
}
