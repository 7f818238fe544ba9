import { describe, expect, it } from 'vitest'
import { isBack, putBack, recordedBodies } from './bodies.ts'
import type { Body, WebhookFact } from '../mesh.ts'
import { newPlane, oldPlane, quietMesh } from '../testing/facts.ts'
import { recordedOf } from '../testing/staging.ts'
import { changed, defaultValidatorOf, injector, tag, tagService } from '../testing/webhooks.ts'

type Hook = WebhookFact['webhooks'][number]
const each = (webhook: WebhookFact, change: Partial<Hook>): WebhookFact =>
  changed(webhook, { webhooks: webhook.webhooks.map((one) => ({ ...one, ...change })) })

const service = tagService('prod', oldPlane)

describe('a body is back', () => {
  const recorded = injector(oldPlane)
  it.each([
    { when: 'it is the same', now: recorded, back: true },
    {
      when: 'only the object is a new one',
      now: changed(recorded, { uid: 'other', resourceVersion: '9' }),
      back: true,
    },
    { when: 'its CA bundle is missing: istiod fills it in', now: each(recorded, { hasCaBundle: false }), back: true },
    { when: 'it points elsewhere', now: each(recorded, { service: newPlane.service }), back: false },
    { when: 'one selector differs', now: each(recorded, { objectSelector: {} }), back: false },
    {
      when: 'its failurePolicy differs: nobody repairs that of an injector',
      now: each(recorded, { failurePolicy: 'Ignore' }),
      back: false,
    },
    { when: 'a label differs', now: changed(recorded, { labels: { app: 'other' } }), back: false },
    { when: 'its owner differs', now: changed(recorded, { annotations: {} }), back: false },
    { when: 'a webhook is gone', now: changed(recorded, { webhooks: recorded.webhooks.slice(1) }), back: false },
  ])('($back) when $when', ({ now, back }) => {
    expect(isBack(recorded.body, now.body)).toBe(back)
  })

  it('of a validator whatever its failurePolicy: istiod raises that by itself', () => {
    const validator = defaultValidatorOf(oldPlane)
    expect(isBack(validator.body, each(validator, { failurePolicy: 'Ignore' }).body)).toBe(true)
    expect(isBack(validator.body, each(validator, { service: newPlane.service }).body)).toBe(false)
  })

  it('of a Service by its selector; an address of its own is none of it', () => {
    const spec = service.body['spec'] as Body
    expect(isBack(service.body, { ...service.body, spec: { ...spec, clusterIP: '10.0.0.1' } })).toBe(true)
    expect(isBack(service.body, { ...service.body, spec: { selector: { app: 'other' } } })).toBe(false)
  })
})

describe('putting back', () => {
  const recorded = recordedBodies(recordedOf())
  const { webhooks, tagServices } = quietMesh()
  const told = (seen: Parameters<typeof putBack>[1]): readonly string[] =>
    putBack(recorded, seen).map((action) =>
      action.do === 'put-back'
        ? `${(action.body['metadata'] as { name: string }).name} ${action.target?.uid ?? 'anew'}`
        : action.do,
    )

  it('knows what was recorded by name and kind', () => {
    expect(recorded.map((one) => `${one.kind} ${one.name}`)).toEqual([
      'MutatingWebhookConfiguration istio-sidecar-injector',
      'MutatingWebhookConfiguration istio-revision-tag-prod',
      'ValidatingWebhookConfiguration istio-validator-istio-system',
      'ValidatingWebhookConfiguration istiod-default-validator',
      'Service istiod-revision-tag-prod',
    ])
    expect(recordedBodies(undefined)).toEqual([])
  })

  it('does nothing where nothing changed', () => {
    expect(told([...webhooks, ...tagServices])).toEqual([])
  })

  it('gives changed ones their body and makes deleted ones anew', () => {
    const moved = tag('prod', newPlane)
    const seen = [
      ...webhooks.filter(({ name }) => name !== 'istio-revision-tag-prod' && name !== 'istiod-default-validator'),
      moved,
      ...tagServices,
    ]
    expect(told(seen)).toEqual([`istio-revision-tag-prod ${moved.uid}`, 'istiod-default-validator anew'])
  })

  it('does not take a namesake of another cluster or kind for it', () => {
    const elsewhere = webhooks.map((webhook) => ({ ...webhook, cluster: 'west' }))
    expect(told([...elsewhere, ...tagServices])).toHaveLength(4)
  })
})
