import { describe, expect, it } from 'vitest'
import type { Labels, NamespaceFact } from '../mesh.ts'
import { injectedAs, namespace, newPlane, oldPlane, quietMesh } from '../testing/facts.ts'
import { asked, decided, dryRun, recordedOf, type Staged } from '../testing/staging.ts'
import { backLabels } from './back-labels.ts'

const concrete: Labels = { 'istio.io/rev': '1-31-0' }
const enabled: Labels = { 'istio-injection': 'enabled' }
const moved = (name: string, had: Labels, has: Labels = concrete): NamespaceFact =>
  namespace(name, has, {
    annotations: { 'meshlift.io/original-labels': JSON.stringify({ upgrade: 'u1', labels: had }) },
  })
const has = (...namespaces: readonly NamespaceFact[]): Staged => ({
  mesh: { namespaces },
  answers: [dryRun(injectedAs(oldPlane))],
})
const back = 'done back: Namespaces have the labels they had.'
/** As it was recorded, and then moved, and then somebody wiped our annotation. */
const [wiped] = quietMesh()
  .namespaces.filter(({ name }) => name === 'shop')
  .map((one) => ({ ...one, labels: concrete }))

const rows: readonly { readonly when: string; readonly given: Staged; readonly is: string }[] = [
  { when: 'nothing was moved', given: has(namespace('shop', enabled)), is: back },
  {
    when: 'one was',
    given: has(moved('shop', enabled)),
    is: 'act restoring: Giving namespace shop its labels back. > restore-namespace shop',
  },
  {
    when: 'the first is back and not proven',
    given: { ...has(moved('pay', enabled, enabled), moved('shop', enabled)), answers: [dryRun(injectedAs(newPlane))] },
    is: 'wait proving: Waiting until dry-run pods in pay are injected by default again: injected by 1-31-0.',
  },
  {
    when: 'the first is back and proven',
    given: has(moved('pay', enabled, enabled), moved('shop', enabled)),
    is: 'act restoring: Giving namespace shop its labels back. > restore-namespace shop',
  },
  { when: 'all are', given: has(moved('pay', enabled, enabled), moved('shop', enabled, enabled)), is: back },
  {
    when: 'a policy refuses pods there: that must not keep it from going back',
    given: { ...has(moved('pay', enabled, enabled)), answers: [dryRun('exceeded quota: pods')] },
    is: back,
  },
  {
    when: 'its injector refuses pods there',
    given: { ...has(moved('pay', enabled, enabled)), answers: [dryRun('failed calling webhook: EOF')] },
    is: 'wait proving: Waiting until dry-run pods in pay are injected by default again: failed calling webhook: EOF.',
  },
  {
    when: 'what it had leads nowhere',
    given: {
      ...has(moved('pay', { 'istio.io/rev': 'gone' }, { 'istio.io/rev': 'gone' })),
      answers: [dryRun(undefined)],
    },
    is: back,
  },
  { when: 'one is on its way out', given: has({ ...moved('shop', enabled), terminating: true }), is: back },
  {
    when: 'somebody wiped our annotation',
    given: { ...has(...(wiped ? [wiped] : [])), before: recordedOf() },
    is: 'act restoring: Giving namespace shop its labels back. > restore-namespace shop',
  },
]

describe('giving namespaces their labels back', () => {
  it.each(rows)('when $when', ({ given, is }) => {
    expect(decided(backLabels, given)).toBe(is)
  })

  it('asks only for the one that is back last', () => {
    expect(
      asked(backLabels, has(moved('a', enabled, enabled), moved('b', enabled, enabled), moved('c', enabled))),
    ).toMatchObject([{ namespace: 'b', times: 1 }])
    expect(asked(backLabels, has(moved('a', enabled)))).toEqual([])
  })
})
