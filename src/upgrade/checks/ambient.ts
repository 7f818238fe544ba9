import { defineCheck } from '../check.ts'
import type { Finding } from '../check.ts'
import type { UnsupportedFact } from '../mesh.ts'
import { sentences } from '../reason.ts'

const says = sentences('ambient', {
  namespace:
    'Namespace {namespace} is in ambient mode. Upgrading ambient workloads is not supported yet: move them to sidecars, or wait for a version that can.',
  ztunnel:
    'DaemonSet {object} is a ztunnel, which every pod of its node shares. Upgrading ambient meshes is not supported yet: uninstall it if nothing uses it, or wait for a version that can.',
  waypoint:
    'Gateway {gateway} is a waypoint. Upgrading waypoints is not supported yet: remove it if nothing uses it, or wait for a version that can.',
})

export const ambient = defineCheck({
  id: 'ambient',
  title: 'The mesh has sidecars only',
  gate: 'start',
  weight: 'blocks',
  reads: ['unsupported'],
  says,
  look: ({ seen }) => seen.unsupported.flatMap(findingOf),
})

function findingOf({ what, about }: UnsupportedFact): readonly Finding[] {
  switch (what) {
    case 'ambient-namespace':
      return [{ about: `Namespace ${about}`, because: says.say.namespace({ namespace: about }) }]
    case 'ztunnel':
      return [{ about: `DaemonSet ${about}`, because: says.say.ztunnel({ object: about }) }]
    case 'waypoint':
      return [{ about: `Gateway ${about}`, because: says.say.waypoint({ gateway: about }) }]
    case 'kubernetes-gateway':
    case 'istio-cni':
      return []
  }
}
