import { describe, expect, it } from 'vitest'
import type { Answer, NamespaceFact } from '../mesh.ts'
import { injectedAs, namespace, newPlane, oldPlane, oldRevision } from '../testing/facts.ts'
import { asked, decided, dryRun, staged, type Staged } from '../testing/staging.ts'
import { defaultValidatorOf, injector, tag } from '../testing/webhooks.ts'
import { proveClean } from './prove-clean.ts'

const config = (valid: string, invalid: string): Answer => ({ ask: 'dry-run-config', valid, invalid })
const good = config('accepted', 'denied the request')
const onNew = dryRun(injectedAs(newPlane))
const moved = (name: string): NamespaceFact =>
  namespace(
    name,
    { 'istio-injection': 'enabled' },
    {
      annotations: {
        'meshlift.io/original-labels': JSON.stringify({ upgrade: 'u1', labels: { 'istio-injection': 'enabled' } }),
      },
    },
  )
const namespaces = [
  namespace('istio-system'),
  moved('shop'),
  moved('pay'),
  namespace('theirs', { 'istio-injection': 'enabled' }),
]
/** The old control plane is gone, two namespaces were moved, and one is somebody's. */
const after: Staged = {
  mesh: { webhooks: [injector(newPlane), tag('default', newPlane), defaultValidatorOf(newPlane)], namespaces },
}
const answered = (...answers: readonly Answer[]): Staged => ({ ...after, answers })
const clean =
  'Proven: nothing points at control plane default, a valid Istio object is accepted and an invalid one refused, and 2 namespaces inject by 1-31-0.'

const rows: readonly { readonly when: string; readonly given: Staged; readonly is: string }[] = [
  { when: 'all is well', given: answered(good, onNew, onNew, onNew), is: `done clean: ${clean}` },
  {
    when: 'a webhook still points at what is gone',
    given: { ...after, mesh: { webhooks: [tag('forgotten', oldPlane)], namespaces } },
    is: 'hold dangling: MutatingWebhookConfiguration istio-revision-tag-forgotten still points at Service istiod, which is gone. Point it at istiod-1-31-0, or delete it.',
  },
  {
    when: 'valid objects are refused',
    given: answered(config('no endpoints', 'denied'), onNew, onNew, onNew),
    is: 'wait config: Istio configuration is not validated as it should be: a valid object was refused: no endpoints.',
  },
  {
    when: 'invalid ones are accepted',
    given: answered(config('accepted', 'accepted'), onNew, onNew, onNew),
    is: 'wait config: Istio configuration is not validated as it should be: an invalid object was accepted.',
  },
  {
    when: 'nobody validated before either',
    given: { ...answered(config('accepted', 'accepted'), onNew, onNew, onNew), upgrade: { validates: false } },
    is: 'done unvalidated: Proven: nothing points at control plane default, and 2 namespaces inject by 1-31-0. Istio configuration was not validated before, and is not now.',
  },
  {
    when: 'a namespace lost its sidecars',
    given: answered(good, onNew, dryRun(undefined), onNew),
    is: 'wait injection: Dry-run pods in shop are not injected by 1-31-0: no sidecar.',
  },
  {
    when: 'its injector refuses pods',
    given: answered(good, dryRun('failed calling webhook: EOF'), onNew, onNew),
    is: 'wait injection: Dry-run pods in pay are not injected by 1-31-0: failed calling webhook: EOF.',
  },
  {
    when: 'somebody else refuses pods: that says nothing about who injects',
    given: answered(good, onNew, dryRun('exceeded quota: pods'), onNew),
    is: `done clean: ${clean}`,
  },
  {
    when: 'nobody injects for the default',
    given: answered(good, onNew, onNew, dryRun(undefined)),
    is: 'wait default: Dry-run pods that ask for the default are not injected by 1-31-0: no sidecar.',
  },
]

describe('proving that all is clean', () => {
  it.each(rows)('when $when', ({ given, is }) => {
    expect(decided(proveClean, given)).toBe(is)
  })

  it('asks for configuration, for every namespace that was moved, and for the default', () => {
    expect(
      asked(proveClean, after).map((probe) => ('namespace' in probe ? `${probe.ask} ${probe.namespace}` : probe.ask)),
    ).toEqual(['dry-run-config', 'dry-run-pod pay', 'dry-run-pod shop', 'dry-run-pod istio-system'])
  })

  it('asks for no default where there was none', () => {
    expect(asked(proveClean, { ...after, from: oldRevision })).toHaveLength(3)
  })

  it('says what to put into Git and Helm', () => {
    const verdict = proveClean.forward(staged(answered(good, onNew, onNew, onNew)))
    expect(verdict).toMatchObject({
      learned: { closing: expect.arrayContaining(['Helm release istiod is gone; take it out of Git.']) },
    })
  })
})
