import { describe, expect, it } from 'vitest'
import type { WorkloadFact } from '../mesh.ts'
import { gateway, injectedAs, oldPlane, podsOf, workload } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { noReadinessProbe } from './no-readiness-probe.ts'

const injection = injectedAs(oldPlane)
/** One workload with its pods. */
const only = (one: WorkloadFact, sidecar = true) => ({
  workloads: [one],
  pods: podsOf(one, sidecar ? injection : undefined),
})

const rows: readonly Row[] = [
  { when: 'all have one', finds: [] },
  {
    when: 'one has none',
    given: { mesh: only(workload('shop/db', { kind: 'StatefulSet', hasReadinessProbe: false })) },
    finds: [
      'none StatefulSet shop/db: StatefulSet shop/db has no readiness probe: its old pods go before the new ones can serve. Add one before its namespace is moved, if that matters.',
    ],
  },
  {
    when: 'it is a gateway: the injector gives it one',
    given: { mesh: only(gateway('istio-ingress/edge')) },
    finds: [],
  },
  {
    when: 'it has no sidecar',
    given: { mesh: only(workload('shop/web', { hasReadinessProbe: false }), false) },
    finds: [],
  },
]

describe('no-readiness-probe', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(noReadinessProbe, given)).toEqual(finds)
  })
})
