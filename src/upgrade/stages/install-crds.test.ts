import { describe, expect, it } from 'vitest'
import type { Answer } from '../mesh.ts'
import { noon } from '../testing/facts.ts'
import { asked, decided } from '../testing/staging.ts'
import { installCrds } from './install-crds.ts'

const crds = (...behind: readonly string[]): readonly Answer[] => [{ ask: 'crds', all: ['a', 'b', 'c'], behind }]
const applied = (ago: number) => ({
  upgrade: { waiting: { on: 'install-crds applied', since: 0 }, actedAt: noon - ago },
})

describe('bringing the CRDs', () => {
  it('asks by the base release, which owns them', () => {
    expect(asked(installCrds, {})).toEqual([{ ask: 'crds', cluster: 'east', version: '1.31.0', release: 'istio-base' }])
  })

  it.each([
    {
      when: 'all are there',
      given: { answers: crds() },
      is: 'done ready: All 3 CRDs are as the charts of 1.31.0 have them.',
    },
    {
      when: 'some are behind',
      given: { answers: crds('a', 'b') },
      is: 'act applying: Bringing 2 CRDs to 1.31.0: a, b. They are shared and never go back. > apply-crds 1.31.0',
    },
    {
      when: 'they were applied a moment ago',
      given: { ...applied(9000), answers: crds('a') },
      is: 'wait waiting: These CRDs are not as the charts of 1.31.0 have them yet: a.',
    },
    {
      when: 'that was long ago',
      given: { ...applied(10_000), answers: crds('a') },
      is: 'act applying: Bringing 1 CRDs to 1.31.0: a. They are shared and never go back. > apply-crds 1.31.0',
    },
    {
      when: 'nobody could tell',
      given: {},
      is: 'wait waiting: These CRDs are not as the charts of 1.31.0 have them yet: .',
    },
  ])('when $when', ({ given, is }) => {
    expect(decided(installCrds, given)).toBe(is)
  })
})
