import { describe, expect, it } from 'vitest'
import { closingLines } from './closing.ts'
import type { Parts } from './mesh.ts'
import type { ControlPlaneRef } from './record.ts'
import { namespace, newPlane, oldPlane, oldRevision } from './testing/facts.ts'
import { recordedOf, staged } from './testing/staging.ts'
import { changed, defaultValidatorOf, tag } from './testing/webhooks.ts'

const base = 'Helm release istio-base (chart base 1.31.0): set defaultRevision=1-31-0.'
const keep = (tags: string): string =>
  `Helm release istiod-1-31-0 (chart istiod 1.31.0): keep revision=1-31-0${tags} in its values file.`
const stays = (names: string): string =>
  `revisionTags must stay in the values file for good: an upgrade without them, once Helm had them, deletes ${names} silently.`
const byHand = (names: string): string =>
  `Tags made by istioctl were moved and must not be named in revisionTags (Helm would refuse them): ${names}.`

const original = (labels: object): { readonly annotations: Readonly<Record<string, string>> } => ({
  annotations: { 'meshlift.io/original-labels': JSON.stringify({ upgrade: 'u1', labels }) },
})

const rows: readonly {
  readonly when: string
  readonly from?: ControlPlaneRef
  readonly before?: Partial<Parts>
  readonly now: Partial<Parts>
  readonly says: readonly string[]
}[] = [
  {
    when: 'Helm had a tag, and the default tag is ours',
    now: { webhooks: [tag('prod', newPlane), tag('default', newPlane), defaultValidatorOf(newPlane)], namespaces: [] },
    says: [
      base,
      keep(' and set revisionTags={default,prod}'),
      stays('default, prod'),
      'Helm release istiod is gone; take it out of Git.',
    ],
  },
  {
    when: 'a tag was made by istioctl, with copied Helm annotations',
    before: { webhooks: [tag('prod', oldPlane), tag('elk', oldPlane)] },
    now: { webhooks: [tag('prod', newPlane), tag('elk', newPlane)], namespaces: [] },
    says: [
      base,
      keep(' and set revisionTags={prod}'),
      stays('prod'),
      byHand('elk'),
      'Helm release istiod is gone; take it out of Git.',
    ],
  },
  {
    when: 'there is no tag',
    before: { webhooks: [] },
    now: { webhooks: [], namespaces: [] },
    says: [base, keep(''), 'Helm release istiod is gone; take it out of Git.'],
  },
  {
    when: "a tag is somebody else's",
    before: { webhooks: [] },
    now: { webhooks: [tag('other', oldRevision)], namespaces: [] },
    says: [base, keep(''), 'Helm release istiod is gone; take it out of Git.'],
  },
  {
    when: 'namespaces named the old revision itself',
    from: oldRevision,
    before: { webhooks: [] },
    now: {
      webhooks: [],
      namespaces: [
        namespace('web', { 'istio.io/rev': '1-31-0' }, original({ 'istio.io/rev': '1-30-0' })),
        namespace('api', { 'istio.io/rev': '1-31-0' }, original({ 'istio.io/rev': '1-30-0' })),
        namespace('own', { 'istio.io/rev': '1-31-0' }),
        namespace('desk', { 'istio.io/rev': 'prod' }, original({ 'istio.io/rev': 'prod' })),
      ],
    },
    says: [
      base,
      keep(''),
      'Set istio.io/rev=1-31-0 in Git on: api, web.',
      'Helm release istiod-1-30-0 is gone; take it out of Git.',
    ],
  },
  {
    when: 'istioctl once wrote the default validator',
    before: { webhooks: [] },
    now: { webhooks: [changed(defaultValidatorOf(newPlane), { managers: ['helm', 'istio-ci'] })], namespaces: [] },
    says: [
      base,
      keep(''),
      'The default validator was once written by istioctl: the next upgrade of istio-base needs --force-conflicts once.',
      'Helm release istiod is gone; take it out of Git.',
    ],
  },
  {
    when: 'a default tag was there before, made by istioctl',
    before: { webhooks: [tag('default', oldPlane)] },
    now: { webhooks: [tag('default', newPlane)], namespaces: [] },
    says: [base, keep(''), byHand('default'), 'Helm release istiod is gone; take it out of Git.'],
  },
]

describe('what to put into Git and Helm', () => {
  it.each(rows)('when $when', ({ from = oldPlane, before, now, says }) => {
    expect(closingLines(staged({ from, mesh: now, before: recordedOf(before, from) }))).toEqual(says)
  })
})
