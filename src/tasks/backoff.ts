/** How long to leave something alone that failed. Pure. */

export interface BackoffPolicy {
  /** Pause after the first failure, before jitter. Milliseconds. */
  readonly firstMs: number
  /** No pause is longer, jitter included. Milliseconds. */
  readonly maxMs: number
}

export const taskBackoff: BackoffPolicy = { firstMs: 1_000, maxMs: 60_000 }

/**
 * Doubles with each attempt. The upper half is drawn by lot, so that what failed together does not come back together.
 * @param attempt 1 after the first failure
 * @param lot in [0, 1)
 * @returns milliseconds, at least half of `firstMs`, at most `maxMs`
 */
export function backoffMs(attempt: number, { firstMs, maxMs }: BackoffPolicy, lot: number): number {
  const doublings = Math.min(Math.max(attempt - 1, 0), 30) // beyond, the ceiling decides anyway
  const full = Math.min(maxMs, firstMs * 2 ** doublings)
  return Math.round(full / 2 + (full / 2) * lot)
}
