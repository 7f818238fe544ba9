// Clocks of the bed. Stories measure with a stopwatch; only Kubernetes objects and signatures need the wall clock.
import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds since the call of `stopwatch`. */
export function stopwatch(): () => number {
  const start = performance.now()
  return () => performance.now() - start
}

/** Now in the form that Kubernetes takes for a metav1.Time: UTC, whole seconds. */
export function nowForKubernetes(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Now in the form of `X-Sdk-Date`: `20260102T030405Z`. */
export function nowForSignatures(): string {
  return nowForKubernetes().replace(/[-:]/g, '')
}

/** Seconds with one digit, for people. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

export interface Patience {
  readonly what: string
  /** Milliseconds until giving up. */
  readonly within: number
  /** Milliseconds between two looks; default 100. */
  readonly every?: number
  readonly signal: AbortSignal
}

/**
 * Looks again until `look` answers something other than undefined. Errors of `look` count as "not yet": most waits of the
 * bed begin before the thing they wait for can answer at all. The last one is part of the message when time is up.
 */
export async function until<T>(patience: Patience, look: () => Promise<T | undefined>): Promise<T> {
  const elapsed = stopwatch()
  let last: unknown
  for (;;) {
    patience.signal.throwIfAborted()
    try {
      const seen = await look()
      if (seen !== undefined) return seen
      last = undefined
    } catch (error) {
      last = error
    }
    if (elapsed() > patience.within) {
      const why = last instanceof Error ? ` (${last.message})` : ''
      throw new Error(`${patience.what}: not within ${seconds(patience.within)}${why}`)
    }
    await delay(patience.every ?? 100, undefined, { signal: patience.signal })
  }
}
