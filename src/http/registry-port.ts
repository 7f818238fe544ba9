import type { MeshCreate, MeshPhase } from '../contract/meshes.ts'

export interface ClusterRecord {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly inCluster?: boolean
  readonly simulated?: true
  readonly charts?: string
  readonly catalogue?: string
  readonly helm?: string
  readonly createdAt: number
}
export interface MeshRecord {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly spec: MeshCreate
  readonly version: string
  readonly clusterIds: readonly string[]
  readonly phase: MeshPhase
  readonly values?: string
  readonly createdAt: number
  readonly updatedAt: number
}
export interface RegistryStore {
  addCluster(cluster: ClusterRecord): Promise<void>
  clusters(project: string): Promise<readonly ClusterRecord[]>
  removeCluster(project: string, id: string): Promise<void>
  addMesh(mesh: MeshRecord): Promise<void>
  meshes(project: string): Promise<readonly MeshRecord[]>
  removeMesh(project: string, id: string): Promise<void>
}
