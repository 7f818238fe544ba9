import { describe, expect, it } from 'vitest'
import type { WorkloadFact } from '../mesh.ts'
import { gateway, injectedAs, oldPlane, podsOf, workload } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { singleReplica } from './single-replica.ts'

const injection = injectedAs(oldPlane)
/** One workload with its pods. */
const only = (one: WorkloadFact, sidecar = true) => ({
  workloads: [one],
  pods: podsOf(one, sidecar ? injection : undefined),
})

const rows: readonly Row[] = [
  { when: 'all have two', finds: [] },
  {
    when: 'one has one',
    given: { mesh: only(workload('shop/web', { replicas: 1 })) },
    finds: [
      'single Deployment shop/web: Deployment shop/web has one replica: connections to it break when it is restarted. Give it a second one before its namespace is moved, if that matters.',
    ],
  },
  {
    when: 'it is a gateway',
    given: { mesh: only(gateway('istio-ingress/edge', { replicas: 1 })) },
    finds: [
      'single Deployment istio-ingress/edge: Deployment istio-ingress/edge has one replica: connections to it break when it is restarted. Give it a second one before its namespace is moved, if that matters.',
    ],
  },
  { when: 'it has no sidecar', given: { mesh: only(workload('shop/web', { replicas: 1 }), false) }, finds: [] },
  {
    when: 'it is a DaemonSet on one node',
    given: { mesh: only(workload('shop/agent', { kind: 'DaemonSet', replicas: 1 })) },
    finds: [],
  },
  { when: 'it is scaled to zero', given: { mesh: only(workload('shop/web', { replicas: 0 })) }, finds: [] },
]

describe('single-replica', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(singleReplica, given)).toEqual(finds)
  })
})
