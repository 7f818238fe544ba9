import { describe, expect, it } from 'vitest'
import { neverMatch } from '../istio/selectors.ts'
import type { WebhookFact } from '../mesh.ts'
import { injectedAs, newPlane, noon, oldPlane, oldRevision } from '../testing/facts.ts'
import { asked, decided, dryRun, promised, recordedOf, twoPlanes, type Staged } from '../testing/staging.ts'
import { changed, injector, tag } from '../testing/webhooks.ts'
import { makeDefault } from './make-default.ts'

type Hook = WebhookFact['webhooks'][number]
const each = (webhook: WebhookFact, change: Partial<Hook>): WebhookFact =>
  changed(webhook, { webhooks: webhook.webhooks.map((one) => ({ ...one, ...change })) })
const off = { namespaceSelector: neverMatch, objectSelector: neverMatch }

const redirected = each(injector(oldPlane), { service: newPlane.service })
const retired = each(injector(oldPlane), off)
const ours = tag('default', newPlane)
const staged = each(ours, off)

const rest = twoPlanes().webhooks.filter(({ name }) => name !== 'istio-sidecar-injector')
const onNew = [dryRun(injectedAs(newPlane), 3)]
const onOld = [dryRun(injectedAs(oldPlane), 3)]
const has = (...webhooks: readonly WebhookFact[]): Staged => ({
  mesh: { webhooks: [...rest, ...webhooks] },
  upgrade: { actedAt: noon - 1000 },
})

const rows: readonly { readonly when: string; readonly given: Staged; readonly is: string }[] = [
  {
    when: 'nothing was written',
    given: has(injector(oldPlane)),
    is: 'act redirecting: Pointing the injector of the default at istiod-1-31-0: from now on 1-31-0 injects for the default. > redirect-injector istio-sidecar-injector istiod-1-31-0',
  },
  {
    when: 'the injector was written a moment ago',
    given: { ...has(redirected), upgrade: { actedAt: noon - 999 }, answers: onNew },
    is: 'wait settling: Waiting until dry-run pods of the default are injected by 1-31-0 everywhere: just written.',
  },
  {
    when: 'some server has not heard of it',
    given: { ...has(redirected), answers: onOld },
    is: 'wait settling: Waiting until dry-run pods of the default are injected by 1-31-0 everywhere: injected by default.',
  },
  {
    when: "the injector is the new one's",
    given: { ...has(redirected), answers: onNew },
    is: 'act staging: Creating the default tag of 1-31-0, not matching anything yet. > apply-default-tag 1-31-0 (staged)',
  },
  {
    when: 'the tag has no CA bundle',
    given: { ...has(redirected, each(staged, { hasCaBundle: false })), answers: onNew },
    is: 'wait filling: Waiting for 1-31-0 to fill in the CA bundle of the default tag.',
  },
  {
    when: 'the tag is staged',
    given: { ...has(redirected, staged), answers: onNew },
    is: 'act activating: Letting the default tag of 1-31-0 match. > apply-default-tag 1-31-0',
  },
  {
    when: 'both match',
    given: { ...has(redirected, ours), answers: onNew },
    is: 'act retiring: Letting the un-revisioned injector match nothing; it is kept for going back. > deactivate-injector istio-sidecar-injector istiod',
  },
  {
    when: 'only the tag matches',
    given: { ...has(retired, ours), answers: onNew },
    is: 'done done: 1-31-0 is the default revision.',
  },
  {
    when: 'only the tag matches, and pods do not follow',
    given: { ...has(retired, ours), answers: [dryRun(undefined, 3)] },
    is: 'wait settling: Waiting until dry-run pods of the default are injected by 1-31-0 everywhere: no sidecar.',
  },
  {
    when: 'a default tag was there before',
    given: { ...has(retired, tag('default', oldPlane)), answers: onOld },
    is: 'act pointing: Pointing the default tag at 1-31-0. > point-tag istio-revision-tag-default 1-31-0',
  },
  {
    when: 'the old release is gone, with its values',
    given: { ...has(injector(oldPlane)), mesh: { ...has(injector(oldPlane)).mesh, releases: [] } },
    is: 'hold noRelease: Helm release istiod is not there any more; its values are needed for the default tag. Roll back, or put it back.',
  },
  {
    when: 'a revisioned mesh has no default',
    given: { from: oldRevision, upgrade: { from: oldRevision } },
    is: 'done noDefault: The mesh has no default revision; nothing to move.',
  },
]

describe('moving the default', () => {
  it.each(rows)('when $when', ({ given, is }) => {
    expect(decided(makeDefault, given)).toBe(is)
  })

  it('asks pods that choose the default by their own label, three in a row', () => {
    expect(asked(makeDefault, {})).toEqual([
      {
        ask: 'dry-run-pod',
        cluster: 'east',
        namespace: 'istio-system',
        labels: { 'sidecar.istio.io/inject': 'true' },
        times: 3,
      },
    ])
    expect(asked(makeDefault, { from: oldRevision })).toEqual([])
  })

  it.each([
    { when: 'it is as it was left', given: has(retired, ours), is: undefined },
    {
      when: 'the tag was moved back',
      given: has(retired, tag('default', oldPlane)),
      is: 'still broken: The default points at istiod again; somebody moved it back. Point it at 1-31-0, or roll back.',
    },
    {
      when: 'the tag was deleted',
      given: has(retired),
      is: 'still gone: The default tag of 1-31-0 is not there any more, or matches nothing: nobody injects for the default. Put it back (revisionTags of Helm release istiod-1-31-0 must name it once it did), or roll back.',
    },
    {
      when: 'the tag matches nothing',
      given: has(retired, staged),
      is: 'still gone: The default tag of 1-31-0 is not there any more, or matches nothing: nobody injects for the default. Put it back (revisionTags of Helm release istiod-1-31-0 must name it once it did), or roll back.',
    },
    {
      when: 'the injector matches again: pods would be injected by two',
      given: has(injector(oldPlane), ours),
      is: 'still twice: Injector istio-sidecar-injector matches pods again, beside the default tag of 1-31-0. Let it match nothing, or roll back.',
    },
    {
      when: 'a revisioned mesh never had one',
      given: { from: oldRevision, before: recordedOf({ webhooks: [] }, oldRevision) },
      is: undefined,
    },
  ])('promises: $when', ({ given, is }) => {
    expect(promised(makeDefault, given)).toBe(is)
  })
})
