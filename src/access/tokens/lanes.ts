/**
 * Looking at a password costs 19 MiB and some 30 ms of a processor, for anybody who asks. A flood of log-ins from many
 * addresses must not take every thread from those who are in already, nor make them wait behind it without end.
 */

import { Problem } from '../../lib/problem.ts'

export interface Lanes {
  /** unavailable (`access/busy`) when too many wait. @param from who asks; each in turn, whoever has more that waits */
  take<T>(from: string, work: () => Promise<T>): Promise<T>
}

/** @param wide how many work at once. @param deep how many more may wait. @param each how many of these from one place */
export function lanes(wide: number, deep: number, each: number): Lanes {
  /** Whose turn is next stands first. */
  const waiting = new Map<string, readonly (() => void)[]>()
  let working = 0
  let all = 0

  const refuseWhereFull = (from: string): void => {
    if (all < deep && (waiting.get(from)?.length ?? 0) < each) return
    throw new Problem({
      kind: 'unavailable',
      code: 'access/busy',
      text: 'Too many log-ins at once; try again in a moment.',
      retryAfterMs: 1000,
    })
  }
  /** Whoever ends hands the place over, so that nobody who comes later gets in between. */
  const handOver = (): void => {
    const [next] = waiting
    if (!next) {
      working -= 1
      return
    }
    const [from, [begin, ...rest]] = next
    waiting.delete(from)
    if (rest.length > 0) waiting.set(from, rest)
    all -= 1
    begin?.()
  }

  return {
    async take(from, work) {
      if (working >= wide) {
        refuseWhereFull(from)
        all += 1
        await new Promise<void>((resolve) => waiting.set(from, [...(waiting.get(from) ?? []), resolve]))
      } else {
        working += 1
      }
      try {
        return await work()
      } finally {
        handOver()
      }
    },
  }
}
