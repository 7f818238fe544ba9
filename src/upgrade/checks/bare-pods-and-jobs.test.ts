import { describe, expect, it } from 'vitest'
import { batch, injectedAs, namespace, oldPlane, pod } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { barePodsAndJobs } from './bare-pods-and-jobs.ts'

const injection = injectedAs(oldPlane)

const rows: readonly Row[] = [
  { when: 'every pod has a workload', finds: [] },
  {
    when: 'a pod has none',
    given: { mesh: { batch: [], pods: [pod('shop/lone', { injection })] } },
    finds: [
      'pod Pod shop/lone: Pod shop/lone has a sidecar and no controller that would make it anew. Replace it by hand after its namespace has moved, or the upgrade cannot be finished.',
    ],
  },
  { when: 'it has no sidecar', given: { mesh: { batch: [], pods: [pod('shop/lone')] } }, finds: [] },
  {
    when: 'it has ended',
    given: { mesh: { batch: [], pods: [pod('shop/lone', { injection, phase: 'Succeeded' })] } },
    finds: [],
  },
  {
    when: 'it is on its way out',
    given: { mesh: { batch: [], pods: [pod('shop/lone', { injection, terminating: true })] } },
    finds: [],
  },
  {
    when: 'two pods belong to a ReplicaSet that stands alone',
    given: {
      mesh: {
        batch: [],
        pods: [1, 2].map((n) => pod(`shop/old-${n}`, { injection, owner: { kind: 'ReplicaSet', name: 'old' } })),
      },
    },
    finds: [
      'owned ReplicaSet shop/old: ReplicaSet shop/old has pods with sidecars (old-1, old-2), and its kind is not one that this program restarts. Restart it yourself after its namespace has moved, or the upgrade cannot be finished.',
    ],
  },
  {
    when: 'a Job runs and a CronJob of the same name will',
    given: { mesh: { batch: [batch('Job', 'shop/import'), batch('CronJob', 'shop/import')] } },
    finds: [
      'job Job shop/import: Job shop/import is running, and a restart cannot move its pods. Let it end before the finish; a pod that it starts while its namespace is relabelled may be injected twice.',
      'cronJob CronJob shop/import: CronJob shop/import may start pods while its namespace is relabelled; such a pod may be injected twice and blocks the finish while it runs. Suspend it meanwhile, or look at its pods afterwards.',
    ],
  },
  {
    when: 'they have ended or are suspended',
    given: {
      mesh: {
        batch: [batch('Job', 'shop/import', { active: false }), batch('CronJob', 'shop/import', { active: false })],
      },
    },
    finds: [],
  },
  {
    when: 'they are outside the mesh',
    given: { mesh: { batch: [batch('Job', 'plain/import'), batch('CronJob', 'gone/import')] } },
    finds: [],
  },
  {
    when: 'its namespace left the mesh while it ran',
    given: {
      mesh: {
        namespaces: [namespace('shop')],
        batch: [batch('Job', 'shop/import')],
        pods: [pod('shop/import-0', { injection, owner: { kind: 'Job', name: 'import' } })],
      },
    },
    finds: [
      'job Job shop/import: Job shop/import is running, and a restart cannot move its pods. Let it end before the finish; a pod that it starts while its namespace is relabelled may be injected twice.',
    ],
  },
]

describe('bare-pods-and-jobs', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(barePodsAndJobs, given)).toEqual(finds)
  })
})
