import { describe, expect, it } from 'vitest'
import { injectedAs, namespace, newPlane, oldPlane } from '../testing/facts.ts'
import { asked, decided, dryRun, staged } from '../testing/staging.ts'
import { proveInjection } from './prove-injection.ts'

const onNew = dryRun(injectedAs(newPlane))
const onOld = dryRun(injectedAs(oldPlane))
const proven =
  'Dry-run pods in istio-system are injected by 1-31-0 (docker.io/istio/proxyv2:1.31.0) when they ask for it, and by default (docker.io/istio/proxyv2:1.30.0) when they ask for that.'

describe('proving that the new control plane injects', () => {
  it('asks both, by the label of a pod, where the namespace says nothing', () => {
    expect(asked(proveInjection, {}).map((probe) => JSON.stringify(probe))).toEqual(
      ['1-31-0', 'default'].map((revision) =>
        JSON.stringify({
          ask: 'dry-run-pod',
          cluster: 'east',
          namespace: 'istio-system',
          labels: { 'istio.io/rev': revision },
          times: 1,
        }),
      ),
    )
  })

  it('takes any other namespace that says nothing where Istio has a label on its own', () => {
    const namespaces = [
      namespace('istio-system', { 'istio-injection': 'disabled' }),
      namespace('kube-system'),
      namespace('old', {}, { terminating: true }),
      namespace('plain'),
    ]
    expect(asked(proveInjection, { mesh: { namespaces } })).toMatchObject([
      { namespace: 'plain' },
      { namespace: 'plain' },
    ])
  })

  it.each([
    { when: 'both answer', given: { answers: [onNew, onOld] }, is: `done proven: ${proven}` },
    {
      when: 'the new one does not inject yet',
      given: { answers: [dryRun(undefined), onOld] },
      is: 'wait waiting: A dry-run pod that asks for 1-31-0 is not injected by it yet: no sidecar.',
    },
    {
      when: 'it is refused',
      given: { answers: [dryRun('failed calling webhook: EOF'), onOld] },
      is: 'wait waiting: A dry-run pod that asks for 1-31-0 is not injected by it yet: failed calling webhook: EOF.',
    },
    {
      when: 'the old one injects there',
      given: { answers: [onOld, onOld] },
      is: 'wait waiting: A dry-run pod that asks for 1-31-0 is not injected by it yet: injected by default.',
    },
    {
      when: 'the old one is lost',
      given: { answers: [onNew, dryRun(undefined)] },
      is: 'wait waiting: A dry-run pod that asks for default is not injected by it yet: no sidecar.',
    },
    {
      when: 'nobody could be asked',
      given: {},
      is: 'wait waiting: A dry-run pod that asks for 1-31-0 is not injected by it yet: no answer.',
    },
    {
      when: 'every namespace says something',
      given: {
        mesh: {
          namespaces: [
            namespace('istio-system', { 'istio-injection': 'disabled' }),
            namespace('shop', { 'istio-injection': 'enabled' }),
          ],
        },
      },
      is: 'hold noPlace: No namespace without istio-injection and istio.io/rev is there for a dry-run pod; istio-system would do if its label were taken away.',
    },
  ])('when $when', ({ given, is }) => {
    expect(decided(proveInjection, given)).toBe(is)
  })

  it('learns what a pod of either looks like', () => {
    expect(proveInjection.forward(staged({ answers: [onNew, onOld] }))).toMatchObject({
      learned: { expected: { to: injectedAs(newPlane), from: injectedAs(oldPlane) } },
    })
  })
})
