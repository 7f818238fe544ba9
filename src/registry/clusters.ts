/** What is kept about a cluster, and the rules about it. Pure. */

import { Problem } from '../lib/problem.ts'

/** Where a cluster is found. Paths on the server's machine: nothing of a kubeconfig is ever copied. */
export interface ClusterRecord {
  readonly id: string
  readonly project: string
  /** Unique in the project. */
  readonly name: string
  readonly kubeconfig?: string
  /** A context of that file; its current one when absent. */
  readonly context?: string
  /** The cluster that the server itself runs in. */
  readonly inCluster?: boolean
  /** Made by the server in memory; there is nothing to reach. */
  readonly simulated?: true
  /** Where Istio's charts come from: a folder, a repository's address, an OCI reference. */
  readonly charts?: string
  /** A file with the versions and hops that are allowed. */
  readonly catalogue?: string
  /** The `helm` program; the one in the search path when absent. */
  readonly helm?: string
  readonly createdAt: number
}

/** What a cluster needs to know of meshes. */
interface Occupant {
  readonly id: string
  readonly name: string
  readonly clusterIds: readonly string[]
}

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
export function checkClusterRemoval(cluster: ClusterRecord, meshes: readonly Occupant[]): void {
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
    text: `There is no cluster ${id} in this project: GET /meshlift/v1/{project_id}/clusters lists those there are.`,
    facts: { cluster: id },
  })
}
