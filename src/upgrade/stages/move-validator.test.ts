import { describe, expect, it } from 'vitest'
import type { Answer, WebhookFact } from '../mesh.ts'
import { newPlane, oldPlane, oldRevision } from '../testing/facts.ts'
import { decided, promised, staged, twoPlanes } from '../testing/staging.ts'
import { defaultValidatorOf } from '../testing/webhooks.ts'
import { moveValidator } from './move-validator.ts'

const config = (valid = 'accepted', invalid = 'denied the request'): readonly Answer[] => [
  { ask: 'dry-run-config', valid, invalid },
]
const others = twoPlanes().webhooks.filter(({ name }) => name !== 'istiod-default-validator')
const withOne = (validator?: WebhookFact) => ({ mesh: { webhooks: validator ? [...others, validator] : others } })
const moved = withOne(defaultValidatorOf(newPlane))

describe('moving the default validator', () => {
  it.each([
    { when: 'there is none', given: withOne(), is: 'done none: There is no default validator.' },
    {
      when: "it is somebody else's",
      given: withOne(defaultValidatorOf(oldRevision)),
      is: 'done foreign: The default validator points at istiod-1-30-0, which is not the old control plane; left alone.',
    },
    {
      when: "it is the old one's",
      given: {},
      is: 'act moving: Pointing the default validator at istiod-1-31-0. > point-validator istiod-default-validator istiod-1-31-0',
    },
    {
      when: 'it has moved and works',
      given: { ...moved, answers: config() },
      is: 'done moved: istiod-1-31-0 validates Istio configuration: a valid object was accepted and an invalid one refused (dry run).',
    },
    {
      when: 'a valid object is refused',
      given: { ...moved, answers: config('x509: unknown authority') },
      is: 'wait proving: Waiting until istiod-1-31-0 accepts a valid Istio object and refuses an invalid one: a valid object was refused: x509: unknown authority.',
    },
    {
      when: 'an invalid object is accepted',
      given: { ...moved, answers: config('accepted', 'accepted') },
      is: 'wait proving: Waiting until istiod-1-31-0 accepts a valid Istio object and refuses an invalid one: an invalid object was accepted.',
    },
    {
      when: 'nobody could be asked',
      given: moved,
      is: 'wait proving: Waiting until istiod-1-31-0 accepts a valid Istio object and refuses an invalid one: no answer.',
    },
  ])('when $when', ({ given, is }) => {
    expect(decided(moveValidator, given)).toBe(is)
  })

  it.each([
    { when: 'there is none', given: withOne(), validates: false },
    {
      when: "somebody else's does",
      given: { ...withOne(defaultValidatorOf(oldRevision)), answers: config() },
      validates: true,
    },
    {
      when: "somebody else's does not",
      given: { ...withOne(defaultValidatorOf(oldRevision)), answers: config('accepted', 'accepted') },
      validates: false,
    },
  ])('learns whether anybody validates: $validates when $when', ({ given, validates }) => {
    expect(moveValidator.forward(staged(given))).toMatchObject({ learned: { validates } })
  })

  it('promises that nobody moves it back', () => {
    expect(promised(moveValidator, moved)).toBeUndefined()
    expect(promised(moveValidator, withOne(defaultValidatorOf(oldPlane)))).toBe(
      'still broken: The default validator points at istiod again; somebody moved it back. Point it at istiod-1-31-0, or roll back.',
    )
  })
})
