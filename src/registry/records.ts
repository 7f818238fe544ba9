/** What is kept about clusters and meshes: plain data. */

import type { MeshCreate, MeshPhase } from '../contract/meshes.ts'

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

export interface MeshRecord {
  readonly id: string
  readonly project: string
  /** Documented rule: 4 to 64 characters (asm-api 4.2). Unique in the project; never changes. */
  readonly name: string
  /** The whole object as it was accepted, echoed by every answer. */
  readonly spec: MeshCreate
  /** What is installed; grows when an upgrade succeeded. */
  readonly version: string
  readonly clusterIds: readonly string[]
  readonly phase: MeshPhase
  /** Path of a values file that overrides the old release's values. */
  readonly values?: string
  readonly createdAt: number
  readonly updatedAt: number
}

export interface MeshChange {
  readonly phase?: MeshPhase
  readonly version?: string
  readonly updatedAt: number
}
