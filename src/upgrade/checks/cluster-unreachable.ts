import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'

const says = sentences('cluster-unreachable', {
  unreachable: 'Cluster {cluster} cannot be reached: {why}. Correct its address or its credentials, then check again.',
  absent: 'Cluster {cluster} belongs to the mesh and is not registered. Add it, or take it out of the mesh.',
})

export const clusterUnreachable = defineCheck({
  id: 'cluster-unreachable',
  title: 'Every cluster of the mesh can be reached',
  gate: 'access',
  weight: 'blocks',
  reads: ['clusters'],
  says,
  look: ({ upgrade, seen }) =>
    upgrade.mesh.clusters.flatMap((cluster) => {
      const fact = seen.clusters.find((one) => one.cluster === cluster)
      // Of a mesh of several only the first is connected to; that it has several is told by the check of that name.
      if (!fact)
        return upgrade.mesh.clusters.length > 1 ? [] : [{ about: cluster, because: says.say.absent({ cluster }) }]
      if (fact.reachable) return []
      // Whoever looked names the cluster too, and says what to do.
      const why = (fact.why ?? 'it does not answer')
        .replace(`Cluster ${cluster} cannot be reached: `, '')
        .replace(/\.$/, '')
      return [{ about: cluster, because: says.say.unreachable({ cluster, why }) }]
    }),
})
