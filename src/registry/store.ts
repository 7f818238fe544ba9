/** The port to meshes and clusters. Drivers: memory, SQLite; one suite holds both. What is of another project is not there. */

import type { Soon } from '../lib/soon.ts'
import type { ClusterRecord } from './clusters.ts'
import type { MeshChange, MeshRecord } from './meshes.ts'

export interface RegistryStore {
  /** conflict (`clusters/name-taken`). Members that a cluster does not have are not stored. */
  addCluster(cluster: ClusterRecord): Promise<void>
  /** Oldest first. */
  clusters(project: string): Promise<readonly ClusterRecord[]>
  cluster(project: string, id: string): Promise<ClusterRecord | undefined>
  /** not-found; conflict (`clusters/in-use`) while a mesh runs on it. */
  removeCluster(project: string, id: string): Promise<void>
  /** invalid (`meshes/name`); conflict (`meshes/name-taken`, `meshes/cluster-taken`); not-found (`clusters/unknown`). */
  addMesh(mesh: MeshRecord): Promise<void>
  /** Oldest first. */
  meshes(project: string): Promise<readonly MeshRecord[]>
  mesh(project: string, id: string): Soon<MeshRecord | undefined>
  /** The record as it is afterwards; not-found. */
  changeMesh(project: string, id: string, change: MeshChange): Promise<MeshRecord>
  /** Forgets it; nothing in a cluster is touched. not-found. */
  removeMesh(project: string, id: string): Promise<void>
  /** A removed mesh as it was: policies about its old upgrades go by that. */
  forgottenMesh(project: string, id: string): Promise<MeshRecord | undefined>
}
