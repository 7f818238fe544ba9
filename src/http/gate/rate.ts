/**
 * How often one principal may ask: a user, or an address at which nobody is known. Asking without being known and failing
 * to become known count for the address, so that no user is held up by what others do from the same one.
 */

import type { FastifyRequest } from 'fastify'
import { networkOf } from '../../access/lockout.ts'
import { Problem } from '../../lib/problem.ts'

export interface Rate {
  /** Counts for the user, or for the address when there is none. Throws unavailable (`http/too-many`). */
  count(request: FastifyRequest): void
  /** Throws the same when nothing is left for the address, and counts nothing. */
  look(request: FastifyRequest): void
}

interface Window {
  count: number
  /** Milliseconds. */
  readonly ends: number
}

const minute = 60_000
/** Minutes that are counted at once. Beyond that the oldest is forgotten: better than to let addresses fill the memory. */
const remembered = 50_000

/** @param perMinute 0: no limit @param now milliseconds @param what in words, many of them */
export function rate(perMinute: number, now: () => number, what = 'requests'): Rate {
  /** The one that began last stands last. */
  const windows = new Map<string, Window>()

  const windowOf = (principal: string, at: number): Window | undefined => {
    const found = windows.get(principal)
    return found === undefined || found.ends <= at ? undefined : found
  }
  const begin = (principal: string, at: number): Window => {
    const begun = { count: 0, ends: at + minute }
    windows.delete(principal)
    windows.set(principal, begun)
    const [oldest] = windows.size > remembered ? windows.keys() : []
    if (oldest !== undefined) windows.delete(oldest)
    return begun
  }
  const judge = ({ count, ends }: Window, at: number): void => {
    if (count <= perMinute) return
    throw new Problem({
      kind: 'unavailable',
      code: 'http/too-many',
      text: `The throttling threshold has been reached: ${perMinute} ${what} a minute.`,
      retryAfterMs: Math.max(1, ends - at),
    })
  }

  return {
    count({ caller, ip }) {
      if (perMinute === 0) return
      const principal = caller ? `user ${caller.user.id}` : `from ${networkOf(ip)}`
      const at = now()
      const counted = windowOf(principal, at) ?? begin(principal, at)
      counted.count += 1
      judge(counted, at)
    },
    look({ ip }) {
      if (perMinute === 0) return
      const at = now()
      const counted = windowOf(`from ${networkOf(ip)}`, at)
      if (counted) judge(counted, at)
    },
  }
}
