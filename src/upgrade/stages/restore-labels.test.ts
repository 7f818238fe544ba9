import { describe, expect, it } from 'vitest'
import type { Labels, NamespaceFact } from '../mesh.ts'
import { plan } from '../plan.ts'
import { injectedAs, namespace, newPlane, oldPlane, oldRevision } from '../testing/facts.ts'
import { asked, decided, dryRun, promised, type Staged } from '../testing/staging.ts'
import { injector, tag } from '../testing/webhooks.ts'
import { upgradeRecord } from '../testing/record.ts'
import { passesRestoring, restoreLabels } from './restore-labels.ts'

const concrete: Labels = { 'istio.io/rev': '1-31-0' }
const byTag: Labels = { 'istio.io/rev': 'prod' }
const byDefault: Labels = { 'istio-injection': 'enabled' }

/** A namespace that had other labels before it was moved. */
const moved = (name: string, had: Labels, has: Labels = concrete): NamespaceFact =>
  namespace(name, has, {
    annotations: { 'meshlift.io/original-labels': JSON.stringify({ upgrade: 'u1', labels: had }) },
  })
/** Tag and default are the new control plane's by now. */
const webhooks = [injector(newPlane), tag('prod', newPlane), tag('default', newPlane)]
const has = (...namespaces: readonly NamespaceFact[]): Staged => ({ mesh: { namespaces, webhooks } })
const onNew = dryRun(injectedAs(newPlane))

const rows: readonly { readonly when: string; readonly given: Staged; readonly is: string }[] = [
  {
    when: 'nothing was moved',
    given: has(namespace('shop', byDefault)),
    is: 'done restored: Namespaces have the labels that Git says again.',
  },
  {
    when: 'the first still follows its concrete label',
    given: { ...has(moved('shop', byDefault), moved('desk', byTag)), answers: [onNew] },
    is: 'act restoring: Giving namespace desk back the labels it had; they lead to 1-31-0 now. > restore-namespace desk',
  },
  {
    when: 'the first was restored and is not proven',
    given: {
      ...has(moved('desk', byTag, byTag), moved('shop', byDefault)),
      answers: [dryRun(injectedAs(oldPlane)), onNew],
    },
    is: 'wait proving: Waiting until dry-run pods in desk are injected by 1-31-0: injected by default.',
  },
  {
    when: 'the first was restored and is proven',
    given: { ...has(moved('desk', byTag, byTag), moved('shop', byDefault)), answers: [onNew, onNew] },
    is: 'act restoring: Giving namespace shop back the labels it had; they lead to 1-31-0 now. > restore-namespace shop',
  },
  {
    when: 'the last one is not proven',
    given: { ...has(moved('desk', byTag, byTag)), answers: [dryRun(undefined)] },
    is: 'wait proving: Waiting until dry-run pods in desk are injected by 1-31-0: no sidecar.',
  },
  {
    when: 'all are',
    given: { ...has(moved('desk', byTag, byTag)), answers: [onNew] },
    is: 'done restored: Namespaces have the labels that Git says again.',
  },
  {
    when: 'one named the old revision itself',
    given: {
      ...has(moved('web', { 'istio.io/rev': '1-30-0' }), moved('desk', byTag, byTag)),
      from: oldRevision,
      answers: [onNew],
    },
    is: 'done kept: Namespaces have the labels that Git says again. These named the old revision itself and keep istio.io/rev=1-31-0: web.',
  },
  {
    when: 'one is on its way out',
    given: has({ ...moved('desk', byTag), terminating: true }),
    is: 'done restored: Namespaces have the labels that Git says again.',
  },
  {
    when: 'one was moved by another upgrade',
    given: has(
      namespace('desk', concrete, {
        annotations: { 'meshlift.io/original-labels': JSON.stringify({ upgrade: 'u0', labels: byTag }) },
      }),
    ),
    is: 'done restored: Namespaces have the labels that Git says again.',
  },
]

describe('giving labels back', () => {
  it.each(rows)('when $when', ({ given, is }) => {
    expect(decided(restoreLabels, given)).toBe(is)
  })

  it('asks only for the one that was restored last and the one that is next', () => {
    const all = has(moved('a', byTag, byTag), moved('b', byTag, byTag), moved('c', byTag), moved('d', byTag))
    expect(asked(restoreLabels, all)).toMatchObject([{ namespace: 'b' }, { namespace: 'c' }])
  })

  it('promises that the labels go on leading there', () => {
    const given = has(moved('desk', byTag, byTag))
    expect(promised(restoreLabels, given)).toBeUndefined()
    const movedBack = { mesh: { ...given.mesh, webhooks: [tag('prod', oldPlane)] } }
    expect(promised(restoreLabels, movedBack)).toBe(
      'still astray: Namespace desk has the labels it had, and they do not lead to 1-31-0 any more: a tag or the default was moved. Point it at 1-31-0, or roll back.',
    )
    // One that keeps its concrete label leads nowhere else.
    expect(
      promised(restoreLabels, { ...has(moved('web', { 'istio.io/rev': '1-30-0' })), from: oldRevision }),
    ).toBeUndefined()
  })

  it.each([
    { step: 'DataPlaneUpgrade', stage: 'move-workloads', passes: false },
    { step: 'DataPlaneUpgrade', stage: 'move-followers', passes: false },
    { step: 'DataPlaneUpgrade', stage: 'restore-labels', passes: true },
    { step: 'PostUpgrade', stage: 'guard-finish', passes: true },
    { step: 'ControlPlaneUpgrade', stage: 'install-crds', passes: false },
  ] as const)('may have begun ($passes) at $stage', ({ step, stage, passes }) => {
    const ids = {
      PreCheck: [],
      ControlPlaneUpgrade: [],
      DataPlaneUpgrade: plan.DataPlaneUpgrade.map(({ id }) => id),
      PostUpgrade: [],
    }
    expect(passesRestoring(upgradeRecord({ step, stage, plan: ids }))).toBe(passes)
  })
})
