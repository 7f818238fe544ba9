/**
 * What all bodies together may take. A body is kept whole until it is known who sent it: a signature is over its bytes,
 * and who knows an access key but not its secret is found out only then.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../lib/problem.ts'
import { announcedLength } from './body.ts'
import { sizes } from './sizes.ts'

/**
 * Before a body is read. Short ones always pass, so that ordinary requests go on while somebody sends large ones slowly;
 * one in chunks counts as the longest that is accepted. Throws unavailable (`http/too-many`).
 */
export function bodiesInMemory(): (request: FastifyRequest, reply: FastifyReply) => void {
  let held = 0
  return (request, reply) => {
    const length = Math.min(announcedLength(request) ?? sizes.body, sizes.body)
    if (length <= sizes.bodyOfAnybody) return
    if (held + length > sizes.bodies)
      throw new Problem({
        kind: 'unavailable',
        code: 'http/too-many',
        text: 'The throttling threshold has been reached: too many large bodies at once.',
        retryAfterMs: 1000,
      })
    held += length
    reply.raw.once('close', () => {
      held -= length
    })
  }
}
