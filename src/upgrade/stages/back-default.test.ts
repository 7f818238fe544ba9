import { describe, expect, it } from 'vitest'
import { neverMatch } from '../istio/selectors.ts'
import type { TagServiceFact, WebhookFact } from '../mesh.ts'
import { controlPlane, injectedAs, newPlane, noon, oldPlane, oldRevision } from '../testing/facts.ts'
import { asked, decided, dryRun, recordedOf, twoPlanes, type Staged } from '../testing/staging.ts'
import { changed, injector, tag, tagService } from '../testing/webhooks.ts'
import { backDefault } from './back-default.ts'

type Hook = WebhookFact['webhooks'][number]
const each = (webhook: WebhookFact, change: Partial<Hook>): WebhookFact =>
  changed(webhook, { webhooks: webhook.webhooks.map((one) => ({ ...one, ...change })) })
const off = { namespaceSelector: neverMatch, objectSelector: neverMatch }

const original = injector(oldPlane)
const redirected = each(original, { service: newPlane.service })
const retired = each(original, off)
const ours = tag('default', newPlane)
const back = tag('default', oldPlane)
const staged = each(ours, off)

const rest = twoPlanes().webhooks.filter(({ name }) => name !== original.name)
const has = (
  webhooks: readonly WebhookFact[],
  change: Partial<Staged> = {},
  services: readonly TagServiceFact[] = [],
): Staged => ({
  mesh: { webhooks: [...rest, ...webhooks], tagServices: [tagService('prod', oldPlane), ...services] },
  upgrade: { direction: 'back', actedAt: noon - 1000 },
  before: recordedOf(),
  answers: [dryRun(injectedAs(oldPlane), 3)],
  ...change,
})
const justWritten = { upgrade: { direction: 'back', actedAt: noon - 999 } } as const
const notYet = { answers: [dryRun(injectedAs(newPlane), 3)] }
const service = tagService('default', newPlane)

const pointing =
  'act pointing: Pointing the default tag back at istiod: from now on default injects for the default again. > point-tag istio-revision-tag-default default'
const restoring =
  'act restoring: Giving the injector of the default its recorded body back. > put-back MutatingWebhookConfiguration istio-sidecar-injector'
const deleting =
  'act deleting: Deleting the default tag that this upgrade made. > delete-object MutatingWebhookConfiguration istio-revision-tag-default'
const settling = (answer: string): string =>
  `wait settling: Waiting until dry-run pods of the default are injected by default everywhere: ${answer}.`
const done = 'done back: The default is as it was.'

/** Injector and tag as forward's writes leave them, one after the other, and what going back does from there. */
const rows: readonly { readonly when: string; readonly given: Staged; readonly is: string }[] = [
  { when: 'nothing was written', given: has([original]), is: done },
  { when: 'the injector was redirected', given: has([redirected]), is: restoring },
  { when: 'it was redirected a moment ago', given: has([redirected], justWritten), is: settling('just written') },
  { when: 'the tag is staged: the injector is the switch', given: has([redirected, staged], notYet), is: restoring },
  {
    when: 'the injector is back, and not everywhere',
    given: has([original, staged], notYet),
    is: settling('injected by 1-31-0'),
  },
  { when: 'the injector is back, and the tag staged', given: has([original, staged]), is: deleting },
  {
    when: 'both match, and both are the new one: the tag goes first, and is covered',
    given: has([redirected, ours], notYet),
    is: deleting,
  },
  {
    when: 'both match and were written a moment ago',
    given: has([redirected, ours], { ...justWritten, ...notYet }),
    is: deleting,
  },
  { when: 'only the tag matches: it is the switch', given: has([retired, ours], notYet), is: pointing },
  {
    when: 'the tag was pointed back, and not everywhere',
    given: has([retired, back], notYet),
    is: settling('injected by 1-31-0'),
  },
  {
    when: 'the tag was pointed back a moment ago',
    given: has([retired, back], justWritten),
    is: settling('just written'),
  },
  { when: "the tag is the old one's", given: has([retired, back]), is: restoring },
  { when: 'both match, and both are the old one', given: has([original, back]), is: deleting },
  {
    when: 'both match, and it was written a moment ago',
    given: has([original, back], justWritten),
    is: settling('just written'),
  },
  {
    when: 'tag and its Service are left',
    given: has([original, staged], {}, [service]),
    is: `${deleting} > delete-object Service istio-system/istiod-revision-tag-default`,
  },
  {
    when: 'only its Service is left: a crash between the two',
    given: has([original], {}, [service]),
    is: 'act deleting: Deleting the default tag that this upgrade made. > delete-object Service istio-system/istiod-revision-tag-default',
  },
  {
    when: 'the tag was there before: it goes back with the other tags',
    given: has([retired, ours], { before: recordedOf({ webhooks: [original, tag('default', oldPlane)] }) }),
    is: done,
  },
  { when: 'nothing was recorded: nothing was touched', given: { upgrade: { direction: 'back' } }, is: done },
  {
    when: 'the old one was revisioned and nobody was the default',
    given: { from: oldRevision, before: recordedOf({}, oldRevision) },
    is: done,
  },
  {
    when: 'the old control plane is not ready to take it',
    given: {
      ...has([retired, ours], notYet),
      mesh: {
        ...has([retired, ours]).mesh,
        controlPlanes: [controlPlane(oldPlane, { ready: 0 }), controlPlane(newPlane)],
      },
    },
    is: 'wait notReady: Control plane default is to be pointed at and is not ready: 0 of 1 replicas. Nothing is changed meanwhile.',
  },
]

describe('giving the default back', () => {
  it.each(rows)('when $when', ({ given, is }) => {
    expect(decided(backDefault, given)).toBe(is)
  })

  it('asks pods that choose the default by their own label', () => {
    expect(asked(backDefault, has([original]))).toMatchObject([
      { labels: { 'sidecar.istio.io/inject': 'true' }, times: 3 },
    ])
    expect(asked(backDefault, {})).toEqual([])
  })
})
