import { describe, expect, it } from 'vitest'
import { clusterFact } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { kubernetesRange } from './kubernetes-range.ts'

const rows: readonly Row[] = [
  { when: 'the catalogue allows it', finds: [] },
  {
    when: 'it does not',
    given: { catalogue: { kubernetes: (to, version) => `${to} needs 1.36 or newer, not ${version}.` } },
    finds: [
      'refused east: Istio 1.31.0 does not go with Kubernetes 1.35.4 of cluster east: 1.31.0 needs 1.36 or newer, not 1.35.4. Upgrade Kubernetes first, or ask for another version.',
    ],
  },
  {
    when: 'the cluster does not tell',
    given: { mesh: { clusters: [clusterFact({ version: '' })] } },
    finds: [
      'unknown east: Cluster east does not tell its Kubernetes version, so Istio 1.31.0 cannot be judged for it. Make its /version readable, then check again.',
    ],
  },
  {
    when: 'the cluster is not reached: another check says so',
    given: { mesh: { clusters: [clusterFact({ reachable: false, version: '' })] } },
    finds: [],
  },
]

describe('kubernetes-range', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(kubernetesRange, given)).toEqual(finds)
  })
})
