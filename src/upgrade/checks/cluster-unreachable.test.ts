import { describe, expect, it } from 'vitest'
import { clusterFact } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { clusterUnreachable } from './cluster-unreachable.ts'

const rows: readonly Row[] = [
  { when: 'the cluster answers', finds: [] },
  {
    when: 'it does not',
    given: { mesh: { clusters: [clusterFact({ reachable: false, why: 'the certificate has expired.' })] } },
    finds: [
      'unreachable east: Cluster east cannot be reached: the certificate has expired. Correct its address or its credentials, then check again.',
    ],
  },
  {
    when: 'nothing says why',
    given: { mesh: { clusters: [clusterFact({ reachable: false })] } },
    finds: [
      'unreachable east: Cluster east cannot be reached: it does not answer. Correct its address or its credentials, then check again.',
    ],
  },
  {
    when: 'the driver does not know it',
    given: { mesh: { clusters: [clusterFact({ cluster: 'west' })] } },
    finds: ['absent east: Cluster east belongs to the mesh and is not registered. Add it, or take it out of the mesh.'],
  },
  {
    when: 'the driver knows one of two',
    given: { upgrade: { mesh: { id: 'm1', name: 'prod', clusters: ['east', 'west'] } } },
    finds: [],
  },
]

describe('cluster-unreachable', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(clusterUnreachable, given)).toEqual(finds)
  })
})
