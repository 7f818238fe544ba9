/** A clock that stands still until everybody sleeps, and then jumps to the first who wants to wake. */

import type { Clock } from '../../lib/clock.ts'

export interface VirtualClock extends Clock {
  /** Time passes without anybody sleeping; whoever would have woken wakes. */
  advance(ms: number): void
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

export function virtualClock(startMs: number): VirtualClock {
  let now = startMs
  let sleepers: readonly Sleeper[] = []
  let pumping = false
  const wakeFirst = (): void => {
    const [first, ...rest] = sleepers
    if (!first) return
    sleepers = rest
    now = Math.max(now, first.at)
    first.wake()
  }
  // A whole turn of the event loop between two wakings: what the woken one started comes first.
  const pump = (): void => {
    pumping = sleepers.length > 0
    if (!pumping) return
    setImmediate(() => {
      wakeFirst()
      pump()
    })
  }
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const stop = (): void => {
          sleepers = sleepers.filter((each) => each !== sleeper)
          resolve()
        }
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', stop)
            resolve()
          },
        }
        signal?.addEventListener('abort', stop, { once: true })
        const before = sleepers.filter((each) => each.at <= sleeper.at)
        sleepers = [...before, sleeper, ...sleepers.slice(before.length)]
        if (!pumping) pump()
      }),
    advance: (ms) => {
      const until = now + ms
      while ((sleepers[0]?.at ?? Number.POSITIVE_INFINITY) <= until) wakeFirst()
      now = until
    },
  }
}
