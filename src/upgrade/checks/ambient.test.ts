import { describe, expect, it } from 'vitest'

import { told, type Row } from '../testing/looking.ts'
import { ambient } from './ambient.ts'

const rows: readonly Row[] = [
  { when: 'there is none of it', finds: [] },
  {
    when: 'there is all of it',
    given: {
      mesh: {
        unsupported: [
          { cluster: 'east', what: 'ambient-namespace', about: 'shop' },
          { cluster: 'east', what: 'ztunnel', about: 'istio-system/ztunnel' },
          { cluster: 'east', what: 'waypoint', about: 'shop/waypoint' },
        ],
      },
    },
    finds: [
      'namespace Namespace shop: Namespace shop is in ambient mode. Upgrading ambient workloads is not supported yet: move them to sidecars, or wait for a version that can.',
      'ztunnel DaemonSet istio-system/ztunnel: DaemonSet istio-system/ztunnel is a ztunnel, which every pod of its node shares. Upgrading ambient meshes is not supported yet: uninstall it if nothing uses it, or wait for a version that can.',
      'waypoint Gateway shop/waypoint: Gateway shop/waypoint is a waypoint. Upgrading waypoints is not supported yet: remove it if nothing uses it, or wait for a version that can.',
    ],
  },
  {
    when: 'what is there is something else',
    given: {
      mesh: {
        unsupported: [
          { cluster: 'east', what: 'kubernetes-gateway', about: 'shop/edge' },
          { cluster: 'east', what: 'istio-cni', about: 'kube-system/istio-cni-node' },
        ],
      },
    },
    finds: [],
  },
]

describe('ambient', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(ambient, given)).toEqual(finds)
  })
})
