import { describe, expect, it } from 'vitest'
import { clusterFact } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { permissionMissing } from './permission-missing.ts'

const rows: readonly Row[] = [
  { when: 'nothing is missing', finds: [] },
  {
    when: 'some are',
    given: { mesh: { clusters: [clusterFact({ missing: ['patch namespaces', 'create pods in istio-system'] })] } },
    finds: [
      'missing east: The credentials for cluster east do not allow: patch namespaces, create pods in istio-system. Grant it (the published roles do), then check again.',
    ],
  },
  {
    when: 'the cluster cannot be asked',
    given: { mesh: { clusters: [clusterFact({ reachable: false, missing: ['patch namespaces'] })] } },
    finds: [],
  },
]

describe('permission-missing', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(permissionMissing, given)).toEqual(finds)
  })
})
