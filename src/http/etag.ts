/** Whoever waits for a change asks again and again: an ETag spares the body while nothing changed. */

import { hash } from 'node:crypto'
import type { Sent } from './sending.ts'

/** Of exactly these bytes: a strong one. */
export const etagOf = (body: string | Uint8Array): string => `"${hash('sha256', body, 'base64url').slice(0, 27)}"`

/** The answer, or 304 for whoever has it already. @param ifNoneMatch the header as it came */
export const unlessKnown = (ifNoneMatch: string | undefined, etag: string, sent: Sent): Sent =>
  matches(ifNoneMatch, etag) ? { status: 304, headers: sent.headers } : sent

/** @param ifNoneMatch a list of tags, or `*`. Compared weakly, as RFC 9110 wants it for GET. */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some((tag) => {
    const bare = tag.trim().replace(/^W\//, '')
    return bare === '*' || bare === etag
  })
}
