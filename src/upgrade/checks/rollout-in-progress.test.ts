import { describe, expect, it } from 'vitest'
import type { WorkloadFact } from '../mesh.ts'
import { injectedAs, oldPlane, podsOf, workload } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { rolloutInProgress } from './rollout-in-progress.ts'

const injection = injectedAs(oldPlane)
/** One workload with its pods. */
const only = (one: WorkloadFact, sidecar = true) => ({
  workloads: [one],
  pods: podsOf(one, sidecar ? injection : undefined),
})

const rows: readonly Row[] = [
  { when: 'all are rolled', finds: [] },
  {
    when: 'new pods come',
    given: { mesh: only(workload('shop/web', { updated: 1, total: 3 })) },
    finds: [
      'rolling Deployment shop/web: Deployment shop/web is not fully rolled out: 1 of 2 pods are new, 2 ready, 3 there in all. Let it end, or repair it, before its pods are restarted: else nobody can tell what broke it.',
    ],
  },
  {
    when: 'one pod is not ready',
    given: { mesh: only(workload('shop/web', { ready: 1, trouble: 'ProgressDeadlineExceeded' })) },
    finds: [
      'rolling Deployment shop/web: Deployment shop/web is not fully rolled out: 2 of 2 pods are new, 1 ready, 2 there in all (ProgressDeadlineExceeded). Let it end, or repair it, before its pods are restarted: else nobody can tell what broke it.',
    ],
  },
  {
    when: 'an old pod is left',
    given: { mesh: only(workload('shop/web', { total: 3 })) },
    finds: [
      'rolling Deployment shop/web: Deployment shop/web is not fully rolled out: 2 of 2 pods are new, 2 ready, 3 there in all. Let it end, or repair it, before its pods are restarted: else nobody can tell what broke it.',
    ],
  },
  {
    when: 'the controller has not seen the newest spec',
    given: { mesh: only(workload('shop/web', { observed: false })) },
    finds: [
      'rolling Deployment shop/web: Deployment shop/web is not fully rolled out: 2 of 2 pods are new, 2 ready, 2 there in all. Let it end, or repair it, before its pods are restarted: else nobody can tell what broke it.',
    ],
  },
  { when: 'it has no sidecar', given: { mesh: only(workload('shop/web', { updated: 1 }), false) }, finds: [] },
  {
    when: 'it waits for somebody by its strategy: another check says so',
    given: { mesh: only(workload('shop/db', { kind: 'StatefulSet', updated: 1, partition: 1 })) },
    finds: [],
  },
]

describe('rollout-in-progress', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(rolloutInProgress, given)).toEqual(finds)
  })
})
