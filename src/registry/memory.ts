/** Meshes and clusters in memory. */

import { checkClusterRemoval, checkNewCluster, plainCluster, unknownCluster } from './clusters.ts'
import { changedMesh, checkNewMesh, unknownMesh } from './meshes.ts'
import type { ClusterRecord } from './clusters.ts'
import type { MeshRecord } from './meshes.ts'
import type { RegistryStore } from './store.ts'

export function memoryRegistry(): RegistryStore {
  const clusters = new Map<string, ClusterRecord>()
  const meshes = new Map<string, MeshRecord>()
  const forgotten = new Map<string, MeshRecord>()
  const of = <T extends { readonly project: string }>(all: ReadonlyMap<string, T>, project: string): readonly T[] =>
    [...all.values()].filter((one) => one.project === project)
  const one = <T extends { readonly project: string }>(
    all: ReadonlyMap<string, T>,
    project: string,
    id: string,
  ): T | undefined => {
    const found = all.get(id)
    return found?.project === project ? found : undefined
  }
  return {
    addCluster: async (given) => {
      checkNewCluster(given, of(clusters, given.project))
      clusters.set(given.id, plainCluster(given))
    },
    clusters: async (project) => of(clusters, project),
    cluster: async (project, id) => one(clusters, project, id),
    removeCluster: async (project, id) => {
      const cluster = one(clusters, project, id)
      if (cluster === undefined) throw unknownCluster(id)
      checkClusterRemoval(cluster, of(meshes, project))
      clusters.delete(id)
    },
    addMesh: async (mesh) => {
      checkNewMesh(mesh, of(meshes, mesh.project), of(clusters, mesh.project))
      meshes.set(mesh.id, structuredClone(mesh))
    },
    meshes: async (project) => of(meshes, project),
    mesh: async (project, id) => one(meshes, project, id),
    changeMesh: async (project, id, change) => {
      const mesh = one(meshes, project, id)
      if (mesh === undefined) throw unknownMesh(id)
      const changed = changedMesh(mesh, change)
      meshes.set(id, changed)
      return changed
    },
    removeMesh: async (project, id) => {
      const mesh = one(meshes, project, id)
      if (mesh === undefined) throw unknownMesh(id)
      forgotten.set(id, mesh)
      meshes.delete(id)
    },
    forgottenMesh: async (project, id) => one(forgotten, project, id),
  }
}
