import type { ClusterRecord, MeshRecord, RegistryStore } from '../../src/http/registry-port.ts'

export function memoryRegistry(): RegistryStore {
  let clusters: readonly ClusterRecord[] = []
  let meshes: readonly MeshRecord[] = []
  return {
    addCluster: async (cluster) => void (clusters = [...clusters, cluster]),
    clusters: async (project) => clusters.filter((one) => one.project === project),
    removeCluster: async (_, id) => void (clusters = clusters.filter((one) => one.id !== id)),
    addMesh: async (mesh) => void (meshes = [...meshes, mesh]),
    meshes: async (project) => meshes.filter((one) => one.project === project),
    removeMesh: async (_, id) => void (meshes = meshes.filter((one) => one.id !== id)),
  }
}
