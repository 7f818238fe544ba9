/**
 * How often one principal may ask: a user, or an address at which nobody is known. Asking without being known and failing
 * to become known count for the address, so that no user is held up by what others do from the same one.
 */

import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../../lib/problem.ts'

export interface Rate {
  /** Counts for the user, or for the address when there is none. Throws unavailable (`http/too-many`). */
  count(request: FastifyRequest): Promise<void>
  /** Throws the same when nothing is left, and counts nothing. */
  look(request: FastifyRequest): Promise<void>
}

const minute = 60_000
/** Of IPv6 one network counts as one address: its owner has all of them. */
const network = 64

/** @param requestsPerMinute 0: no limit */
export function rate(app: FastifyInstance, requestsPerMinute: number): Rate {
  if (requestsPerMinute === 0) return { count: async () => undefined, look: async () => undefined }
  const keyGenerator = ({ caller, ip }: FastifyRequest): string =>
    caller ? `user ${caller.user.id}` : `from ${normalizeIP(ip, network)}`
  app.register(rateLimit, { global: false, max: requestsPerMinute, timeWindow: minute, keyGenerator, cache: 50_000 })
  let limit: ReturnType<FastifyInstance['createRateLimit']> | undefined
  app.after(() => {
    limit = app.createRateLimit()
  })
  const judge = async (request: FastifyRequest, increment: boolean): Promise<void> => {
    const found = await limit?.(request, { increment })
    if (found && !found.isAllowed && found.isExceeded)
      throw new Problem({
        kind: 'unavailable',
        code: 'http/too-many',
        text: `The throttling threshold has been reached: ${requestsPerMinute} requests a minute.`,
        retryAfterMs: Math.max(1000, found.ttl),
      })
  }
  return { count: (request) => judge(request, true), look: (request) => judge(request, false) }
}
