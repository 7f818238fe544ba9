import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'

const says = sentences('several-clusters', {
  several:
    'Mesh {mesh} has {count} clusters ({clusters}). A mesh of more than one cluster is not supported yet: register each cluster as a mesh of its own only if they do not talk to each other.',
})

export const severalClusters = defineCheck({
  id: 'several-clusters',
  title: 'The mesh has one cluster',
  gate: 'access',
  weight: 'blocks',
  reads: [],
  says,
  look({ upgrade }) {
    const { name, clusters } = upgrade.mesh
    if (clusters.length < 2) return []
    return [{ about: name, because: says.say.several({ mesh: name, count: clusters.length, clusters }) }]
  },
})
