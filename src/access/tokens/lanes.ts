/**
 * Looking at a password costs 19 MiB and some 30 ms of a processor, for anybody who asks. A flood of log-ins from many
 * addresses must not take every thread from those who are in already, nor make them wait behind it without end.
 */

import { Problem } from '../../lib/problem.ts'

export interface Lanes {
  /** unavailable (`access/busy`) when too many wait. */
  take<T>(work: () => Promise<T>): Promise<T>
}

/** @param wide how many work at once. @param deep how many more may wait */
export function lanes(wide: number, deep: number): Lanes {
  const waiting: (() => void)[] = []
  let working = 0
  return {
    async take(work) {
      if (working >= wide) {
        if (waiting.length >= deep)
          throw new Problem({
            kind: 'unavailable',
            code: 'access/busy',
            text: 'Too many log-ins at once; try again in a moment.',
            retryAfterMs: 1000,
          })
        // Whoever ends hands the place over, so that nobody who comes later gets in between.
        await new Promise<void>((resolve) => waiting.push(resolve))
      } else {
        working += 1
      }
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else working -= 1
      }
    },
  }
}
