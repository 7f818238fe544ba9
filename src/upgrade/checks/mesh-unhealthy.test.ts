import { describe, expect, it } from 'vitest'
import { neverMatch } from '../istio/selectors.ts'
import type { WebhookFact } from '../mesh.ts'
import { controlPlane, oldPlane, oldRevision } from '../testing/facts.ts'
import { changed, defaultValidatorOf, injector, tag } from '../testing/webhooks.ts'
import { told, type Row } from '../testing/looking.ts'
import { meshUnhealthy } from './mesh-unhealthy.ts'

const gone = { revision: '1-20', version: '1.20.0', release: 'istiod-1-20', service: 'istiod-1-20' }

type Webhook = WebhookFact['webhooks'][number]
const each = (fact: WebhookFact, change: (webhook: Webhook) => Webhook) =>
  changed(fact, { webhooks: fact.webhooks.map(change) })
const bare = (fact: WebhookFact) => each(fact, (one) => ({ ...one, hasCaBundle: false }))
const off = (fact: WebhookFact) =>
  each(fact, (one) => ({ ...one, namespaceSelector: neverMatch, objectSelector: neverMatch }))
const open = (fact: WebhookFact) => each(fact, (one) => ({ ...one, failurePolicy: 'Ignore' }))
const byUrl = (fact: WebhookFact) => each(fact, ({ service: _service, ...one }) => one)

const rows: readonly Row[] = [
  { when: 'all is well', finds: [] },
  {
    when: 'istiod is not ready',
    given: { mesh: { controlPlanes: [controlPlane(oldPlane, { ready: 0, trouble: 'ImagePullBackOff' })] } },
    finds: [
      'notReady istio-system/istiod: Control plane istio-system/istiod is not healthy: 0 of 1 replicas are ready (ImagePullBackOff). Repair it first: until the end it serves what has not moved, and a rollback needs it.',
    ],
  },
  {
    when: 'one replica of two is not',
    given: { mesh: { controlPlanes: [controlPlane(oldPlane, { wanted: 2 })] } },
    finds: [
      'notReady istio-system/istiod: Control plane istio-system/istiod is not healthy: 1 of 2 replicas are ready. Repair it first: until the end it serves what has not moved, and a rollback needs it.',
    ],
  },
  {
    when: 'istiod is scaled to zero',
    given: { mesh: { controlPlanes: [controlPlane(oldPlane, { wanted: 0, ready: 0 })] } },
    finds: [
      'notReady istio-system/istiod: Control plane istio-system/istiod is not healthy: 0 of 0 replicas are ready. Repair it first: until the end it serves what has not moved, and a rollback needs it.',
    ],
  },
  {
    when: 'another control plane is not ready',
    given: { mesh: { controlPlanes: [controlPlane(oldPlane), controlPlane(oldRevision, { ready: 0 })] } },
    finds: [],
  },
  {
    when: 'its injector has no CA bundle',
    given: { mesh: { webhooks: [bare(injector(oldPlane))] } },
    finds: [
      'noCaBundle istio-sidecar-injector: Injector istio-sidecar-injector has no CA bundle: the API server cannot call istiod, and refuses new pods. istiod fills it in when it is well; look at its log.',
    ],
  },
  {
    when: 'its tag has none',
    given: { mesh: { webhooks: [bare(tag('prod', oldPlane))] } },
    finds: [
      'noCaBundle istio-revision-tag-prod: Injector istio-revision-tag-prod has no CA bundle: the API server cannot call istiod, and refuses new pods. istiod fills it in when it is well; look at its log.',
    ],
  },
  {
    when: 'an injector that matches nothing has none',
    given: { mesh: { webhooks: [off(bare(injector(oldPlane)))] } },
    finds: [],
  },
  {
    when: 'an injector points to a Service that nobody has',
    given: { mesh: { webhooks: [injector(gone)] } },
    finds: [
      'deadInjector istio-sidecar-injector-1-20: Injector istio-sidecar-injector-1-20 sends new pods to Service istiod-1-20, behind which there is no control plane: they are refused, or start without a sidecar. Point it to a living one, or delete it.',
    ],
  },
  {
    when: 'a tag does',
    given: { mesh: { webhooks: [tag('canary', gone)] } },
    finds: [
      'deadInjector istio-revision-tag-canary: Injector istio-revision-tag-canary sends new pods to Service istiod-1-20, behind which there is no control plane: they are refused, or start without a sidecar. Point it to a living one, or delete it.',
    ],
  },
  { when: 'one that matches nothing does', given: { mesh: { webhooks: [off(injector(gone))] } }, finds: [] },
  {
    when: 'one whose webhooks match no namespace does',
    given: { mesh: { webhooks: [each(injector(gone), (one) => ({ ...one, namespaceSelector: neverMatch }))] } },
    finds: [],
  },
  {
    when: 'a webhook points to the Service of a tag',
    given: { mesh: { webhooks: [tag('prod', { ...oldPlane, service: 'istiod-revision-tag-prod' })] } },
    finds: [],
  },
  {
    when: 'one points to a Service of another namespace',
    given: { mesh: { webhooks: [injector({ ...gone, service: 'other/istiod' })] } },
    finds: [],
  },
  { when: 'one calls a URL', given: { mesh: { webhooks: [byUrl(injector(oldPlane))] } }, finds: [] },
  {
    when: 'the default validator points to nobody',
    given: { mesh: { webhooks: [defaultValidatorOf(gone)] } },
    finds: [
      'deadValidator istiod-default-validator: Validator istiod-default-validator sends Istio configuration to Service istiod-1-20, behind which there is no control plane: every change is refused. Point it to a living one, or delete it.',
    ],
  },
  { when: 'it does, and refuses nothing', given: { mesh: { webhooks: [open(defaultValidatorOf(gone))] } }, finds: [] },
]

describe('mesh-unhealthy', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(meshUnhealthy, given)).toEqual(finds)
  })
})
