import { defineCheck } from '../check.ts'
import { istioNamespace } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { controlPlaneOf } from '../facts/seen.ts'

const says = sentences('no-control-plane', {
  none: 'Cluster {cluster} has no control plane in {namespace} that could be replaced. Install Istio there first, or correct the cluster of the mesh.',
})

export const noControlPlane = defineCheck({
  id: 'no-control-plane',
  title: 'There is a control plane to replace',
  gate: 'start',
  weight: 'blocks',
  reads: ['controlPlanes'],
  says,
  look: ({ upgrade, seen }) =>
    upgrade.mesh.clusters
      .filter((cluster) => {
        if (controlPlaneOf(seen.controlPlanes, cluster, upgrade.from.revision)) return false
        // Several, and none of them chosen: there are too many, not none.
        const others = seen.controlPlanes.filter(
          (plane) => plane.cluster === cluster && plane.revision !== upgrade.to.revision,
        )
        return upgrade.from.revision !== '' || others.length < 2
      })
      .map((cluster) => ({ about: cluster, because: says.say.none({ cluster, namespace: istioNamespace }) })),
})
