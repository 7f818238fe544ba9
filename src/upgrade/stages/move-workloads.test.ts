import { describe, expect, it } from 'vitest'
import type { Labels, NamespaceFact } from '../mesh.ts'
import { plan } from '../plan.ts'
import type { JobRecord } from '../record.ts'
import {
  controlPlane,
  gateway,
  injectedAs,
  namespace,
  newPlane,
  noon,
  oldPlane,
  podsOf,
  workload,
} from '../testing/facts.ts'
import { upgradeRecord } from '../testing/record.ts'
import { decided, dryRun, promised, type Staged } from '../testing/staging.ts'
import { moveGateways } from './move-gateways.ts'
import { moveWorkloadsStage } from './move-workloads.ts'

const concrete: Labels = { 'istio.io/rev': '1-31-0' }
const enabled: Labels = { 'istio-injection': 'enabled' }
const moved = (name: string, has: Labels = concrete, writers: Labels = { 'istio.io/rev': 'meshlift' }): NamespaceFact =>
  namespace(name, has, {
    writers,
    annotations: { 'meshlift.io/original-labels': JSON.stringify({ upgrade: 'u1', labels: enabled }) },
  })

const web = workload('shop/web')
const edge = gateway('edge/gate')
const onOld = [...podsOf(web, injectedAs(oldPlane)), ...podsOf(edge, injectedAs(oldPlane))]
const onNew = [...podsOf(web, injectedAs(newPlane)), ...podsOf(edge, injectedAs(newPlane))]
const namespaces = [namespace('shop', enabled), namespace('edge', enabled), namespace('plain')]
const given = (change: Staged['mesh'], more: Partial<Staged> = {}): Staged => ({
  mesh: { namespaces, workloads: [web, edge], pods: onOld, ...change },
  ...more,
})

/** By this very job; since when its pods are looked at. */
function restarted(since: number): Staged {
  const stamped = { ...web, podAnnotations: { 'meshlift.io/restarted': 'u1/j2' } }
  const [checked] = upgradeRecord().jobs
  const jobs = [{ ...(checked as JobRecord), id: 'j2', kind: 'DataPlaneUpgrade' as const }]
  return given(
    { namespaces: [moved('shop')], workloads: [stamped], pods: podsOf(stamped, injectedAs(oldPlane)) },
    { upgrade: { jobs, waiting: { on: 'move-workloads shop/web again', since } } },
  )
}

const rows: readonly { readonly when: string; readonly given: Staged; readonly is: string }[] = [
  {
    when: 'nothing is moved: gateways wait',
    given: given({}),
    is: 'act labelling: Pointing namespace shop at 1-31-0. > label-namespace shop 1-31-0',
  },
  {
    when: 'the new control plane is not ready',
    given: given({ controlPlanes: [controlPlane(oldPlane), controlPlane(newPlane, { ready: 0 })] }),
    is: 'wait proving: Namespace shop is not labelled yet: control plane 1-31-0 is not ready.',
  },
  {
    when: 'it is labelled, and pods do not follow',
    given: given(
      { namespaces: [moved('shop'), namespace('edge', enabled)] },
      { answers: [dryRun(injectedAs(oldPlane), 3)] },
    ),
    is: 'wait injectorElsewhere: New pods of shop/web are not injected by 1-31-0 yet: injected by default.',
  },
  {
    when: 'it is labelled, and pods follow',
    given: given(
      { namespaces: [moved('shop'), namespace('edge', enabled)] },
      { answers: [dryRun(injectedAs(newPlane), 3)] },
    ),
    is: 'act restarting: Restarting shop/web. > restart-workload shop/web (Deployment)',
  },
  {
    when: 'all are',
    given: given({ namespaces: [moved('shop'), namespace('edge', enabled)], pods: onNew }),
    is: "done moved: All workloads of the mesh's namespaces run with proxies of 1-31-0.",
  },
  {
    when: 'somebody relabelled it before its workloads were moved',
    given: given({ namespaces: [moved('shop', enabled, { 'istio-injection': 'kubectl-label' })] }),
    is: 'hold relabelled: Namespace shop was moved to 1-31-0, and kubectl-label has changed its labels since: new pods would not be injected by 1-31-0. Put istio.io/rev=1-31-0 back (and take istio-injection away), or roll back.',
  },
  {
    when: 'one was restarted, and its pods do not look like it',
    given: restarted(noon),
    is: 'wait lookingAgain: shop/web was restarted, and these pods do not look to be on 1-31-0: web-0, web-1. Looking again.',
  },
  {
    when: 'that lasts',
    given: restarted(noon - 600_000),
    is: 'hold notMoved: shop/web was restarted, and these pods are still not on 1-31-0: web-0, web-1. Delete them, or retry the step to restart it again.',
  },
]

describe('moving namespaces and their workloads', () => {
  it.each(rows)('when $when', ({ given: one, is }) => {
    expect(decided(moveWorkloadsStage, one)).toBe(is)
  })

  it('leaves namespaces of gateways to the stage after it', () => {
    const after = given({
      namespaces: [moved('shop'), namespace('edge', enabled)],
      pods: onNew.filter(({ namespace: at }) => at === 'shop'),
    })
    expect(
      decided(moveGateways, {
        ...after,
        mesh: { ...after.mesh, pods: [...podsOf(web, injectedAs(newPlane)), ...podsOf(edge, injectedAs(oldPlane))] },
      }),
    ).toBe('act labelling: Pointing namespace edge at 1-31-0. > label-namespace edge 1-31-0')
    const done = given({ namespaces: [moved('shop'), moved('edge')], pods: onNew })
    expect(decided(moveGateways, done)).toBe(
      'done moved: Gateways that follow their namespace run with proxies of 1-31-0.',
    )
  })
})

describe('what moving them promises', () => {
  const stages = {
    PreCheck: [],
    ControlPlaneUpgrade: [],
    DataPlaneUpgrade: plan.DataPlaneUpgrade.map(({ id }) => id),
    PostUpgrade: [],
  }
  const at = (stage: string, ...all: readonly NamespaceFact[]): Staged => ({
    mesh: { namespaces: all },
    upgrade: { plan: stages, stage },
  })
  const broken = (writer: string): string =>
    `still broken: Namespace shop was moved to 1-31-0, and ${writer} has changed its labels since. Put istio.io/rev=1-31-0 back, or roll back.`
  const old = moved('shop', enabled, { 'istio-injection': 'argocd' })
  it.each([
    { when: 'nobody touched it', given: at('move-tags', moved('shop')), is: undefined },
    {
      when: 'somebody put another label on it',
      given: at('move-tags', moved('shop', { 'istio.io/rev': 'default' }, { 'istio.io/rev': 'kubectl-label' })),
      is: broken('kubectl-label'),
    },
    { when: 'a GitOps tool put its labels back too early', given: at('move-tags', old), is: broken('argocd') },
    {
      when: 'its labels were given back, wherever they lead: another stage promises that',
      given: at('restore-labels', old),
      is: undefined,
    },
    { when: 'it was never moved', given: at('move-tags', namespace('shop', enabled)), is: undefined },
  ])('$when', ({ given: one, is }) => {
    expect(promised(moveWorkloadsStage, one)).toBe(is)
  })
})
