/** Time is passed in. Only this file asks the machine for it. */

import { setTimeout as delay } from 'node:timers/promises'

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Ends early, without an error, when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/**
 * @param speed 1 = real time; 20 = twenty seconds of this clock pass in one real second (demo, simulation)
 * @param from a fast clock is ahead of the real one: where it stood when the program ended, so that it never runs backwards
 */
export function systemClock(speed = 1, from = 0): Clock {
  const began = Date.now()
  const start = Math.max(from, began)
  return {
    now: () => Math.round(start + (Date.now() - began) * speed),
    sleep: async (ms, signal) => {
      if (signal?.aborted) return
      try {
        await delay(Math.max(0, ms / speed), undefined, signal ? { signal } : {})
      } catch (thrown) {
        if (!signal?.aborted) throw thrown
      }
    },
  }
}

/** `2026-11-22T10:00:00Z`: UTC, whole seconds, as every timestamp on the wire (asm-api Q28). */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** Milliseconds of an RFC 3339 text, as Kubernetes writes them; undefined when absent or unreadable. */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
