import { describe, expect, it } from 'vitest'
import { controlPlane, newPlane, oldPlane, oldRevision } from '../testing/facts.ts'
import { unseen } from '../testing/record.ts'
import { told, type Row } from '../testing/looking.ts'
import { noControlPlane } from './no-control-plane.ts'

const rows: readonly Row[] = [
  { when: 'the one to replace is there', finds: [] },
  {
    when: 'none is there',
    given: { upgrade: unseen, mesh: { controlPlanes: [] } },
    finds: [
      'none east: Cluster east has no control plane in istio-system that could be replaced. Install Istio there first, or correct the cluster of the mesh.',
    ],
  },
  {
    when: 'only the target is there',
    given: { upgrade: unseen, mesh: { controlPlanes: [controlPlane(newPlane)] } },
    finds: [
      'none east: Cluster east has no control plane in istio-system that could be replaced. Install Istio there first, or correct the cluster of the mesh.',
    ],
  },
  {
    when: 'it is in another cluster',
    given: { mesh: { controlPlanes: [controlPlane(oldPlane, { cluster: 'west' })] } },
    finds: [
      'none east: Cluster east has no control plane in istio-system that could be replaced. Install Istio there first, or correct the cluster of the mesh.',
    ],
  },
  {
    when: 'only the target is here, the one to replace in another cluster',
    given: {
      upgrade: unseen,
      mesh: { controlPlanes: [controlPlane(newPlane), controlPlane(oldPlane, { cluster: 'west' })] },
    },
    finds: [
      'none east: Cluster east has no control plane in istio-system that could be replaced. Install Istio there first, or correct the cluster of the mesh.',
    ],
  },
  {
    when: 'several are there and none was chosen: too many, not none',
    given: { upgrade: unseen, mesh: { controlPlanes: [controlPlane(oldPlane), controlPlane(oldRevision)] } },
    finds: [],
  },
]

describe('no-control-plane', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(noControlPlane, given)).toEqual(finds)
  })
})
