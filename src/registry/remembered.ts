/** The same store; a mesh is looked up for almost every request and changes seldom, so it is kept until one changes. */

import type { MeshRecord } from './meshes.ts'
import type { RegistryStore } from './store.ts'

/** @param store nobody else may write to it */
export function rememberingMeshes(store: RegistryStore): RegistryStore {
  const known = new Map<string, MeshRecord>()
  let changes = 0
  const changing = async <T>(write: Promise<T>): Promise<T> => {
    try {
      return await write
    } finally {
      changes += 1
      known.clear()
    }
  }
  const read = async (project: string, id: string): Promise<MeshRecord | undefined> => {
    const before = changes
    const mesh = await store.mesh(project, id)
    // Read before a change and here after it: it may be the mesh of before.
    if (mesh && changes === before) known.set(id, mesh)
    return mesh
  }
  return {
    ...store,
    mesh(project, id) {
      const there = known.get(id)
      if (!there) return read(project, id)
      return there.project === project ? there : undefined
    },
    changeMesh: (project, id, change) => changing(store.changeMesh(project, id, change)),
    removeMesh: (project, id) => changing(store.removeMesh(project, id)),
  }
}
