import { describe, expect, it } from 'vitest'
import type { Parts } from '../mesh.ts'
import { controlPlane, newPlane, oldPlane, oldRevision } from '../testing/facts.ts'
import { decided, promised, staged } from '../testing/staging.ts'
import { tag, tagService } from '../testing/webhooks.ts'
import { moveTags } from './move-tags.ts'

const owner = (release: string) => ({ annotations: { 'meta.helm.sh/release-name': release } })
const both = 'point-tag istio-revision-tag-prod 1-31-0'
const service = 'point-tag-service istiod-revision-tag-prod 1-31-0'
const moving = 'act moving: Pointing tag prod at 1-31-0.'

const rows: readonly { readonly when: string; readonly mesh: Partial<Parts>; readonly is: string }[] = [
  { when: 'there is none', mesh: { webhooks: [], tagServices: [] }, is: 'done none: There is no tag to move.' },
  {
    when: 'the default tag is all there is',
    mesh: { webhooks: [tag('default', oldPlane)], tagServices: [] },
    is: 'done none: There is no tag to move.',
  },
  { when: 'one has webhooks and a Service', mesh: {}, is: `${moving} > ${both} > ${service}` },
  { when: 'one has no Service (1.22)', mesh: { tagServices: [] }, is: `${moving} > ${both}` },
  {
    when: 'its webhooks have moved, its Service not: a crash between the two',
    mesh: { webhooks: [tag('prod', newPlane)] },
    is: `${moving} > ${service}`,
  },
  {
    when: 'somebody moved it, and it still names the old release as its owner: it would go with that',
    mesh: {
      webhooks: [tag('prod', newPlane, owner('istiod'))],
      tagServices: [tagService('prod', newPlane, owner('istiod'))],
    },
    is: `${moving} > ${both} > ${service}`,
  },
  {
    when: 'all have moved',
    mesh: { webhooks: [tag('prod', newPlane)], tagServices: [tagService('prod', newPlane)] },
    is: 'done moved: Tags point at 1-31-0: prod.',
  },
  {
    when: 'one is of another revision: not ours to move',
    mesh: { webhooks: [tag('prod', newPlane), tag('other', oldRevision)], tagServices: [] },
    is: 'done moved: Tags point at 1-31-0: prod, other.',
  },
  {
    when: 'the new control plane is not ready',
    mesh: {
      controlPlanes: [
        controlPlane(oldPlane),
        controlPlane(newPlane, { ready: 0, wanted: 2, trouble: 'CrashLoopBackOff' }),
      ],
    },
    is: 'wait notReady: Control plane 1-31-0 is to be pointed at and is not ready: 0 of 2 replicas (CrashLoopBackOff). Nothing is changed meanwhile.',
  },
  {
    when: 'the new control plane is gone',
    mesh: { controlPlanes: [controlPlane(oldPlane)] },
    is: 'hold gone: Control plane 1-31-0 is to be pointed at and is not there. Put it back; it goes on by itself when it is ready.',
  },
]

describe('moving tags', () => {
  it.each(rows)('when $when', ({ mesh, is }) => {
    expect(decided(moveTags, { mesh })).toBe(is)
  })

  it('gives the new release those that Helm owns, and only those', () => {
    const byHand = tag('elk', oldPlane, { annotations: {} })
    const actions = [tag('prod', oldPlane), byHand].flatMap((one) => {
      const verdict = moveTags.forward(staged({ mesh: { webhooks: [one], tagServices: [] } }))
      return verdict.kind === 'act' ? verdict.actions : []
    })
    expect(actions).toMatchObject([
      { target: { name: 'istio-revision-tag-prod' }, release: 'istiod-1-31-0' },
      { target: { name: 'istio-revision-tag-elk' } },
    ])
    expect(actions[1]).not.toHaveProperty('release')
  })

  it('promises that nobody moves one back', () => {
    expect(
      promised(moveTags, { mesh: { webhooks: [tag('prod', newPlane), tag('default', oldPlane)] } }),
    ).toBeUndefined()
    expect(promised(moveTags, {})).toBe(
      'still broken: Tag prod points at istiod again; somebody moved it back. Point it at 1-31-0, or roll back.',
    )
  })
})
