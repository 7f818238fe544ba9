import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Decision } from '../../src/access/permission.ts'
import { policies } from '../../src/access/policy/policies.ts'
import { directories, documents, questions, region } from './arbitraries.ts'
import { reading } from './reading.ts'
import type { Verdict } from './reading.ts'

const verdictOf = (decision: Decision): Verdict => {
  if (decision.by !== 'statement') return decision.by
  return decision.allowed ? 'allowed' : 'denied'
}

it('decides as a plain reading of the rules does, and explains what it decides', () => {
  const counted = new Map<Verdict, number>()
  const cases = 10_000
  fc.assert(
    fc.property(directories, questions, (directory, question) => {
      const door = policies({ directory: () => directory, region, warn: () => undefined })
      const expected = reading(question, directory, region)
      const decision = door.decide(question)
      expect(verdictOf(decision)).toBe(expected)

      const explained = door.explain(question)
      expect(explained.decision).toEqual(decision)
      const applying = explained.considered.filter(({ applies }) => applies)
      const reasons = decision.by === 'statement' ? [decision.decided] : []
      expect(applying).toEqual(expect.arrayContaining(reasons))
      expect(applying.length > 0).toBe(reasons.length > 0)
      expect(applying.some(({ effect }) => effect === 'Deny')).toBe(expected === 'denied')
      counted.set(expected, (counted.get(expected) ?? 0) + 1)
    }),
    { numRuns: cases, seed: 20261122, endOnFailure: true },
  )
  // A generator that always says no would prove nothing.
  const shares = (['allowed', 'denied', 'default'] as const).map((verdict) => (counted.get(verdict) ?? 0) / cases)
  expect(Math.min(...shares)).toBeGreaterThan(0.15)
})

it('takes every policy that the generator writes', () => {
  const door = policies({ directory: () => expect.fail('not asked'), region, warn: () => undefined })
  fc.assert(
    fc.property(documents, (document) => {
      expect(door.check(JSON.parse(JSON.stringify(document)))).toBe(document.Version)
    }),
  )
})
