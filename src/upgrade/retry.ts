/** Error kind -> what the engine does. With `http/problem.ts` the only reader of `kind`. */

import { assertNever, type Problem } from '../lib/problem.ts'

/** `again`: look again at once. `later`: the same stage later, attempts shown. `hold`: a person must repair something; looked at again by itself. `end`: end the tick quietly, write nothing. */
export type Reaction = 'again' | 'later' | 'hold' | 'end'

export function reactionTo(problem: Pick<Problem, 'kind'>): Reaction {
  switch (problem.kind) {
    case 'conflict':
    case 'not-found':
      return 'again'
    case 'unavailable':
    case 'timeout':
      return 'later'
    case 'unauthenticated':
    case 'forbidden':
    case 'rejected':
    case 'invalid':
    case 'blocked':
    case 'bug':
      return 'hold'
    case 'lease-lost':
    case 'aborted':
      return 'end'
    default:
      return assertNever(problem.kind)
  }
}

const firstMs = 1000
const longestMs = 30_000

/** Doubling from a second to half a minute. */
export function waitAfter(attempts: number, retryAfterMs: number | undefined): number {
  return Math.max(retryAfterMs ?? 0, Math.min(longestMs, firstMs * 2 ** Math.max(0, Math.min(attempts, 10) - 1)))
}
