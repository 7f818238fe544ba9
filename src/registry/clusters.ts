/** The rules about clusters. Pure. */

import { Problem } from '../lib/problem.ts'
import type { ClusterRecord, MeshRecord } from './records.ts'

/**
 * The known members and no others. A caller may send more than we know of, such as the content of a kubeconfig, and a
 * database is no place for that.
 */
export function plainCluster(given: ClusterRecord): ClusterRecord {
  const { id, project, name, kubeconfig, context, inCluster, simulated, charts, catalogue, helm, createdAt } = given
  return {
    id,
    project,
    name,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(inCluster === undefined ? {} : { inCluster }),
    ...(simulated === undefined ? {} : { simulated }),
    ...(charts === undefined ? {} : { charts }),
    ...(catalogue === undefined ? {} : { catalogue }),
    ...(helm === undefined ? {} : { helm }),
    createdAt,
  }
}

/** conflict (`clusters/name-taken`). @param others of the same project */
export function checkNewCluster({ name }: ClusterRecord, others: readonly ClusterRecord[]): void {
  if (others.some((other) => other.name === name))
    throw new Problem({
      kind: 'conflict',
      code: 'clusters/name-taken',
      text: `There is a cluster ${name} already.`,
      facts: { name },
    })
}

/** conflict (`clusters/in-use`) while a mesh runs on it. @param meshes of the same project */
export function checkClusterRemoval(cluster: ClusterRecord, meshes: readonly MeshRecord[]): void {
  const mesh = meshes.find(({ clusterIds }) => clusterIds.includes(cluster.id))
  if (mesh !== undefined)
    throw new Problem({
      kind: 'conflict',
      code: 'clusters/in-use',
      text: `Cluster ${cluster.name} belongs to mesh ${mesh.name}; remove that first.`,
      facts: { cluster: cluster.id, mesh: mesh.id },
    })
}

export function unknownCluster(id: string): Problem {
  return new Problem({
    kind: 'not-found',
    code: 'clusters/unknown',
    text: `There is no cluster ${id}.`,
    facts: { cluster: id },
  })
}
