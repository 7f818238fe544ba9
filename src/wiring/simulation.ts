/** The simulated mesh of `--simulated`: kept in the data folder, so that a killed server goes on with the same world. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { MeshCreate } from '../contract/meshes.ts'
import { systemClock, type Clock } from '../lib/clock.ts'
import type { ClusterDoor } from '../http/parts.ts'
import { derivedId } from '../lib/ids.ts'
import type { NewId } from '../lib/ids.ts'
import type { Cluster, Helm } from '../mesh/cluster.ts'
import { simulatedCluster } from '../mesh/simulated/cluster.ts'
import { simulatedHelm } from '../mesh/simulated/helm.ts'
import { keptWorld } from '../mesh/simulated/keep.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { RegistryStore } from '../registry/store.ts'

export interface Simulation {
  /** Runs as fast as the world does, and never behind it. */
  readonly clock: Clock
  readonly cluster: Cluster
  readonly helm: Helm
  /** The cluster and the mesh `demo`, unless they are there or the mesh was forgotten. */
  register(parts: {
    readonly registry: RegistryStore
    readonly project: string
    readonly newId: NewId
    readonly door: ClusterDoor
  }): Promise<void>
}

const name = 'demo'

export function simulation({
  folder,
  speed,
  seed,
}: {
  readonly folder: string
  readonly speed: number
  readonly seed: number
}): Simulation {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fast = systemClock(speed)
  const world = keptWorld(join(folder, 'world.json'), { clock: fast, seed, mesh: 'demo' })
  const clock: Clock = { now: () => world.now(), sleep: (ms, signal) => fast.sleep(ms, signal) }
  return {
    clock,
    cluster: simulatedCluster(world, name),
    helm: simulatedHelm(world),
    async register({ registry, project, newId, door }) {
      const known = (await registry.clusters(project)).find((cluster) => cluster.name === name)
      // Forgotten and adopted again, it may have another name.
      const isDemo = (mesh: MeshRecord): boolean =>
        mesh.name === name || (known !== undefined && mesh.clusterIds.includes(known.id))
      if ((await registry.meshes(project)).some(isDemo)) return
      const at = clock.now()
      const cluster = known ?? { id: newId(), project, name, simulated: true as const, createdAt: at }
      // Always the same, so that a start knows the mesh that its owner had it forget, and leaves it at that.
      const id = derivedId('demo', project, cluster.id)
      if (await registry.forgottenMesh(project, id)) return
      if (!known) await registry.addCluster(cluster)
      const { version } = await door.adopt([cluster], new AbortController().signal)
      const spec: MeshCreate = {
        kind: 'Mesh',
        apiVersion: 'v1',
        metadata: { name },
        spec: {
          type: 'InCluster',
          extendParams: {
            clusters: [
              {
                clusterID: cluster.id,
                installation: { nodes: { fieldSelector: { key: 'UID', operator: 'In', values: [] } } },
              },
            ],
          },
        },
      }
      await registry.addMesh({
        id,
        project,
        name,
        spec,
        version,
        clusterIds: [cluster.id],
        phase: 'Running',
        createdAt: at,
        updatedAt: at,
      })
    },
  }
}
