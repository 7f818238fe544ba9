import { describe, expect, it } from 'vitest'
import type { ProblemKind } from '../lib/problem.ts'
import { reactionTo, waitAfter, type Reaction } from './retry.ts'

const reactions: Readonly<Record<ProblemKind, Reaction>> = {
  conflict: 'again',
  'not-found': 'again',
  unavailable: 'later',
  timeout: 'later',
  unauthenticated: 'hold',
  forbidden: 'hold',
  rejected: 'hold',
  invalid: 'hold',
  blocked: 'hold',
  bug: 'hold',
  'lease-lost': 'end',
  aborted: 'end',
}

describe('what the engine does about a problem', () => {
  it.each(Object.entries(reactions))('%s: %s', (kind, reaction) => {
    expect(reactionTo({ kind: kind as ProblemKind })).toBe(reaction)
  })
})

describe('how long it waits', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [4, 8000],
    [5, 16_000],
    [6, 30_000],
    [7, 30_000],
    [100_000, 30_000],
    [0, 1000],
  ])('after %i failures: %i ms', (attempts, ms) => {
    expect(waitAfter(attempts, undefined)).toBe(ms)
  })

  it('as long as the server asks for, and never shorter than its own', () => {
    expect(waitAfter(1, 7000)).toBe(7000)
    expect(waitAfter(5, 7000)).toBe(16_000)
    expect(waitAfter(9, 120_000)).toBe(120_000)
  })
})
