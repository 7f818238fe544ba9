import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs } from './backoff.ts'

const policy = { firstMs: 1_000, maxMs: 60_000 }

describe('backing off', () => {
  it.each([
    [1, 0, 500],
    [1, 0.5, 750],
    [2, 0.5, 1_500],
    [3, 0, 2_000],
    [7, 0, 30_000],
    [8, 0.5, 45_000],
    [1_000, 0, 30_000],
  ])('attempt %i with lot %f pauses %i ms', (attempt, lot, ms) => {
    expect(backoffMs(attempt, policy, lot)).toBe(ms)
  })

  it('never spins, never exceeds the ceiling, never gets shorter by failing more', () => {
    const lots = fc.double({ min: 0, max: 0.999, noNaN: true })
    fc.assert(
      fc.property(fc.nat(10_000), lots, (attempt, lot) => {
        const pause = backoffMs(attempt, policy, lot)
        expect(pause).toBeGreaterThanOrEqual(500)
        expect(pause).toBeLessThanOrEqual(60_000)
        expect(backoffMs(attempt + 1, policy, lot)).toBeGreaterThanOrEqual(pause)
      }),
    )
  })
})
