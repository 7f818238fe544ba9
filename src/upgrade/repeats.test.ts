import { describe, expect, it } from 'vitest'
import type { Action } from './actions.ts'
import { damped, withAct, withoutAct } from './repeats.ts'
import type { UpgradeRecord } from './record.ts'
import type { Verdict } from './stage.ts'
import { east, namespace, noon } from './testing/facts.ts'
import { upgradeRecord } from './testing/record.ts'

type Act = Verdict & { readonly kind: 'act' }

const target = (name: string) => ({ name, uid: `uid-${name}`, resourceVersion: '7' })
const restore = (name: string): Action => ({
  do: 'restore-namespace',
  cluster: east,
  target: target(name),
  labels: {},
  forget: false,
})
const object = { kind: 'Deployment', group: 'apps', version: 'v1', plural: 'deployments', name: 'istiod' } as const
const remove: Action = {
  do: 'delete-object',
  cluster: east,
  object: { ...object, uid: 'u', namespace: 'istio-system' },
}
const act = (...actions: readonly Action[]): Act => ({
  kind: 'act',
  because: { code: 'back-labels/restoring', text: 'Giving labels back.', facts: {} },
  about: 'shop',
  actions,
})

const fresh = upgradeRecord({ stage: 'back-labels' })
/** After these acts, at noon, a minute apart from now. */
const after = (...acts: readonly Act[]): UpgradeRecord =>
  acts.reduce<UpgradeRecord>((record, one) => withAct(record, one, noon), fresh)
const shop = act(restore('shop'))
const decided = (record: UpgradeRecord, verdict: Verdict, seconds = 60): string => {
  const { kind, because } = damped(verdict, record, noon + seconds * 1000)
  return `${kind} ${because.code}`
}

describe('an act that was done before', () => {
  it.each([
    { when: 'never', record: fresh, seconds: 0, is: 'act back-labels/restoring' },
    { when: 'a moment ago', record: after(shop), seconds: 1, is: 'wait repeats/pausing' },
    { when: 'two seconds ago', record: after(shop), seconds: 2, is: 'act back-labels/restoring' },
    { when: 'twice, a moment ago', record: after(shop, shop), seconds: 9, is: 'wait repeats/pausing' },
    { when: 'twice, ten seconds ago', record: after(shop, shop), seconds: 10, is: 'hold repeats/undone' },
    { when: 'to another object', record: after(act(restore('pay'))), seconds: 0, is: 'act back-labels/restoring' },
    {
      when: 'with others in between',
      record: after(shop, act(restore('pay')), shop, act(restore('desk'))),
      seconds: 60,
      is: 'hold repeats/undone',
    },
    {
      when: 'in an earlier stage',
      record: { ...after(shop, shop), stage: 'give-back' },
      seconds: 0,
      is: 'act back-labels/restoring',
    },
    {
      when: 'before a retry',
      record: { ...after(shop, shop), jobs: fresh.jobs.map((job) => ({ ...job, id: 'j2' })) },
      seconds: 0,
      is: 'act back-labels/restoring',
    },
    {
      when: 'and refused both times',
      record: withoutAct(withAct(withoutAct(after(shop), shop), shop, noon), shop),
      seconds: 0,
      is: 'act back-labels/restoring',
    },
    {
      when: 'and refused the second time',
      record: withoutAct(after(shop, shop), shop),
      seconds: 60,
      is: 'act back-labels/restoring',
    },
    {
      when: 'and a crash cut the list short: it goes on with another',
      record: after(act(restore('desk'), restore('shop')), act(restore('pay'), restore('shop'))),
      seconds: 0,
      is: 'act back-labels/restoring',
    },
  ])('$when: $is', ({ record, seconds, is }) => {
    expect(decided(record, shop, seconds)).toBe(is)
  })

  it('is left to people with the names of both', () => {
    const seen = [namespace('shop', { 'istio.io/rev': '1-31-0' }, { writers: { 'istio.io/rev': 'argocd' } })]
    expect(damped(shop, after(shop, shop), noon + 60_000, seen)).toMatchObject({
      kind: 'hold',
      about: 'shop',
      because: { text: expect.stringMatching(/^restore-namespace shop was done 2 times .* argocd may change it back/) },
    })
  })

  it('speaks of finalizers where something does not go', () => {
    const gone = act(remove)
    expect(damped(gone, after(gone, gone), noon + 60_000).because.text).toBe(
      'delete-object Deployment istio-system/istiod was done 2 times and the object is still there: a finalizer keeps it, or somebody makes it again. It goes on by itself when the object is gone.',
    )
  })

  it('does not count what our own failed install makes necessary', () => {
    const clear = act({ do: 'clear-release', cluster: east, release: 'istiod-1-31-0' })
    expect(decided(after(clear, clear, clear), clear, 0)).toBe('act back-labels/restoring')
  })

  it('says nothing of what is no act', () => {
    const wait: Verdict = { kind: 'wait', because: shop.because, lookAgainInMs: 1000 }
    expect(damped(wait, after(shop, shop), noon)).toBe(wait)
  })

  it('is remembered in a record that stays short', () => {
    const many = Array.from({ length: 1000 }, (_, index) => act(restore(`n${index}`)))
    const { acts } = after(...many)
    expect(acts?.newest).toHaveLength(100)
    expect(acts?.newest.at(-1)).toMatchObject({ what: 'east restore-namespace n999', times: 1 })
  })
})
