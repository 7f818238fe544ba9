/**
 * Failed log-ins and signatures in a row, and how long they are not listened to any more.
 *
 * Counted by name and address together. By the name alone anybody could lock an administrator out, for as long as they
 * liked, from anywhere; by the address alone a whole office behind one gateway would pay for one wrong script.
 */

import { hash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { Problem } from '../lib/problem.ts'
import type { Origin } from './caller.ts'

export interface Lockout {
  /** unauthenticated (`access/locked`). */
  check(who: string, from: Origin): void
  failed(who: string, from: Origin): void
  succeeded(who: string, from: Origin): void
}

export interface LockoutOptions {
  /** Failures in a row that are let pass; one more locks (asm-api 5.4: more than five). 0: never. */
  readonly after: number
  /** Milliseconds. What failed longer ago than this does not count either. */
  readonly forMs: number
  /** Milliseconds. */
  readonly now: () => number
}

/**
 * More than what the default limit on requests lets one address try in the default time of a lock, so that it cannot
 * make the server forget its own lock by inventing names.
 */
const remembered = 20_000

export function lockout({ after, forMs, now }: LockoutOptions): Lockout {
  /** The one that failed last stands last. */
  const failures = new Map<string, { readonly count: number; readonly last: number }>()
  // A name may have thousands of characters, and whoever guesses chooses it: so many of them are not kept.
  const key = (who: string, from: Origin): string => hash('sha256', `${networkOf(from)} ${who}`)
  const counted = (id: string): { readonly count: number; readonly last: number } | undefined => {
    const found = failures.get(id)
    return found === undefined || found.last + forMs <= now() ? undefined : found
  }

  return {
    check(who, from) {
      const found = after === 0 ? undefined : counted(key(who, from))
      if (found === undefined || found.count <= after) return
      throw new Problem({
        kind: 'unauthenticated',
        code: 'access/locked',
        text: 'AK access failed to reach the limit,forbidden',
        retryAfterMs: found.last + forMs - now(),
      })
    },
    failed(who, from) {
      if (after === 0) return
      const id = key(who, from)
      const count = (counted(id)?.count ?? 0) + 1
      failures.delete(id)
      failures.set(id, { count, last: now() })
      const [oldest] = failures.keys()
      if (failures.size > remembered && oldest !== undefined) failures.delete(oldest)
    },
    succeeded(who, from) {
      failures.delete(key(who, from))
    },
  }
}

/** Of IPv6 the network (/64): whoever has one address of it has all of them, and would have as many guesses. */
export function networkOf(from: Origin): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(from)?.[1]
  if (mapped !== undefined || !isIPv6(from)) return mapped ?? from
  const [before = '', after = ''] = from.split('::')
  const left = before.split(':').filter(Boolean)
  const right = after.split(':').filter(Boolean)
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}
