import { describe, expect, it } from 'vitest'
import type { WorkloadFact } from '../mesh.ts'
import { injectedAs, oldPlane, podsOf, workload } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { immovableWorkloads } from './immovable-workloads.ts'

const injection = injectedAs(oldPlane)
/** One workload with its pods. */
const only = (one: WorkloadFact, sidecar = true) => ({
  workloads: [one],
  pods: podsOf(one, sidecar ? injection : undefined),
})

const rows: readonly Row[] = [
  { when: 'a restart moves all', finds: [] },
  {
    when: 'one is paused',
    given: { mesh: only(workload('shop/web', { paused: true })) },
    finds: [
      'paused Deployment shop/web: Deployment shop/web is paused: a restart does not replace its pods. Resume it (kubectl rollout resume), or the upgrade cannot be finished.',
    ],
  },
  {
    when: 'one is replaced as its pods are deleted',
    given: { mesh: only(workload('shop/agent', { kind: 'DaemonSet', strategy: 'OnDelete' })) },
    finds: [
      'onDelete DaemonSet shop/agent: DaemonSet shop/agent has strategy OnDelete: a restart replaces its pods only as you delete them. Delete them after its namespace has moved, or the upgrade cannot be finished.',
    ],
  },
  {
    when: 'one is replaced in part',
    given: { mesh: only(workload('shop/db', { kind: 'StatefulSet', partition: 1 })) },
    finds: [
      'partition StatefulSet shop/db: StatefulSet shop/db has partition 1: a restart does not replace its pods below that number. Set it to 0, or delete those pods after its namespace has moved; else the upgrade cannot be finished.',
    ],
  },
  { when: 'it has no sidecar', given: { mesh: only(workload('shop/web', { paused: true }), false) }, finds: [] },
  {
    when: 'its pods are all on their way out',
    given: {
      mesh: {
        workloads: [workload('shop/web', { paused: true })],
        pods: podsOf(workload('shop/web'), injection, { terminating: true }),
      },
    },
    finds: [],
  },
]

describe('immovable-workloads', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(immovableWorkloads, given)).toEqual(finds)
  })
})
