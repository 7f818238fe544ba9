import { expect, test } from 'vitest'
import type { KubeObject, Resource } from '../cluster.ts'
import { crds, deployments, mutatingWebhooks, services, validatingWebhooks } from '../resources.ts'
import { isLeaseOf } from './belongings.ts'
import { inRemovalOrder } from './removal-order.ts'
import { callerOf, isOfControlPlane, whyKept } from './why-kept.ts'
import type { Found } from './why-kept.ts'

function found(
  resource: Resource,
  name: string,
  owner?: string,
  rest: Partial<Found> & { labels?: Readonly<Record<string, string>> } = {},
): Found {
  const annotations = owner === undefined ? {} : { 'meta.helm.sh/release-name': owner }
  const { labels = {}, ...over } = rest
  const object = { apiVersion: 'v1', kind: resource.kind, metadata: { name, annotations, labels } }
  return { resource, object, stored: true, ...over }
}
const removal = { release: 'istiod', revision: 'default', others: new Map<string, string>() }

test('what the release made and still owns goes', () => {
  expect(whyKept(found(deployments, 'istiod', 'istiod'), removal)).toBeUndefined()
})

test('a tag that moved to another release stays, though the stored manifest has it', () => {
  const tag = found(mutatingWebhooks, 'istio-revision-tag-prod', 'istiod-1-31', {
    labels: { 'istio.io/tag': 'prod', 'istio.io/rev': 'default' },
  })
  expect(whyKept(tag, removal)).toBe('owned by Helm release istiod-1-31 now')
})

test('a tag that somebody pointed elsewhere stays, though it still names the release (B1)', () => {
  const labels = { 'istio.io/tag': 'prod', 'istio.io/rev': '1-31' }
  expect(whyKept(found(mutatingWebhooks, 'istio-revision-tag-prod', 'istiod', { labels }), removal)).toBe(
    'a tag of revision 1-31 now',
  )
})

test('an object of the manifest that nobody owns any more stays', () => {
  expect(whyKept(found(services, 'istiod'), removal)).toBe('no longer owned by a Helm release')
})

test('found by its label only: what nobody owns goes, a tag of istioctl does not, nor does the default validator', () => {
  expect(whyKept(found(services, 'istiod', undefined, { stored: false }), removal)).toBeUndefined()
  const tag = found(services, 'istiod-revision-tag-elk', undefined, {
    stored: false,
    labels: { 'istio.io/tag': 'elk', 'istio.io/rev': 'default' },
  })
  expect(whyKept(tag, removal)).toBe("a tag of nobody's release")
  expect(whyKept(found(validatingWebhooks, 'istiod-default-validator', 'istiod'), removal)).toBe(
    'shared by all revisions',
  )
})

test('CRDs, what another release makes as well, and kinds of no chart stay', () => {
  expect(whyKept(found(crds, 'x.istio.io', 'istiod'), removal)).toBe('shared by all revisions')
  const others = new Map([['Service istiod', 'twin']])
  expect(whyKept(found(services, 'istiod', 'istiod'), { release: 'istiod', revision: 'default', others })).toBe(
    'also made by Helm release twin',
  )
  const foreign = found(services, 'queue', 'istiod', { resource: undefined })
  expect(whyKept(foreign, removal)).toBe('of a kind that the charts of Istio do not make')
})

test('a Service that a staying webhook calls stays', () => {
  const caller: KubeObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'istiod-default-validator' },
    webhooks: [{ clientConfig: { service: { name: 'istiod', namespace: 'istio-system' } } }],
  }
  const service = found(services, 'istiod', 'istiod')
  expect(callerOf(service, [caller])).toBe('ValidatingWebhookConfiguration istiod-default-validator still calls it')
  expect(callerOf(found(services, 'istiod-1-31', 'istiod'), [caller])).toBeUndefined()
  expect(callerOf(found(deployments, 'istiod', 'istiod'), [caller])).toBeUndefined()
})

test('a gateway with the label of the revision is no part of a control plane', () => {
  const labelled = (labels: Readonly<Record<string, string>>) =>
    isOfControlPlane({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x', labels: { 'istio.io/rev': 'default', ...labels } },
    })
  expect(labelled({ app: 'istio-ingressgateway', 'operator.istio.io/component': 'IngressGateways' })).toBe(false)
  expect(labelled({ app: 'istiod' })).toBe(true)
  expect(labelled({ 'operator.istio.io/component': 'Pilot' })).toBe(true)
})

test('webhooks go before the Service that they call, and everything before the accounts', () => {
  const ref = (kind: string, name: string) => ({ kind, name, group: '', version: 'v1', plural: 'x', uid: name })
  const order = inRemovalOrder([
    ref('ServiceAccount', 'a'),
    ref('Telemetry', 't'),
    ref('Service', 'b'),
    ref('Deployment', 'c'),
    ref('ValidatingWebhookConfiguration', 'd'),
    ref('MutatingWebhookConfiguration', 'z'),
    ref('MutatingWebhookConfiguration', 'e'),
  ])
  expect(order.map((one) => one.name)).toEqual(['e', 'z', 'd', 'c', 'b', 'a', 't'])
})

test('only the leases of exactly this revision', () => {
  expect(isLeaseOf('1-31', 'istio-gateway-deployment-1-31')).toBe(true)
  expect(isLeaseOf('31', 'istio-gateway-deployment-1-31')).toBe(false)
  expect(isLeaseOf('default', 'istio-gateway-status-leader-default')).toBe(true)
  expect(isLeaseOf('leader', 'istio-leader')).toBe(false)
})
