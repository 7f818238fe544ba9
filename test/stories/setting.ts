/** Where a story plays: what stays when the program dies - the world, its clock, the database, the registry. */

import type { Clock } from '../../src/lib/clock.ts'
import type { NewId } from '../../src/lib/ids.ts'
import type { Faults } from '../../src/mesh/simulated/faults.ts'
import type { Fixture, FixtureName } from '../../src/mesh/simulated/fixtures/fixture.ts'
import { virtualClock } from '../../src/mesh/simulated/virtual-clock.ts'
import { makeWorld } from '../../src/mesh/simulated/world.ts'
import type { World } from '../../src/mesh/simulated/world.ts'
import { memoryRegistry } from '../../src/registry/memory.ts'
import type { MeshRecord } from '../../src/registry/meshes.ts'
import type { RegistryStore } from '../../src/registry/store.ts'
import { memoryTasks } from '../../src/tasks/memory.ts'
import type { TaskDesk, TaskStore } from '../../src/tasks/store.ts'

export type Tasks = TaskStore & TaskDesk

export interface Setting {
  readonly world: World
  readonly clock: Clock
  readonly tasks: Tasks
  readonly registry: RegistryStore
  readonly mesh: MeshRecord
  /** In order, so that a story told twice is the same to the letter. */
  readonly newId: NewId
}

export interface Scene {
  readonly mesh: FixtureName | Fixture
  /** The version that is installed. */
  readonly version: string
  readonly faults?: Partial<Faults>
  readonly seed?: number
  /** A file with the hops that are allowed; upstream's rule without it. */
  readonly catalogue?: string
  readonly tasks?: Tasks
}

export const cluster = 'demo'
const project = 'p1'
const start = Date.parse('2026-11-22T10:00:00Z')

export async function setting(scene: Scene): Promise<Setting> {
  const { mesh: fixture, version, faults = {}, seed = 1, catalogue, tasks = memoryTasks() } = scene
  const clock = virtualClock(start)
  const world = makeWorld({ clock, mesh: fixture, faults, seed })
  const registry = memoryRegistry()
  let given = 0
  const newId = (): string => `00000000-0000-4000-8000-${String((given += 1)).padStart(12, '0')}`
  const made = { project, createdAt: start }
  await registry.addCluster({ id: newId(), name: cluster, simulated: true, ...(catalogue && { catalogue }), ...made })
  const [record] = await registry.clusters(project)
  const clusterIds = [record?.id ?? '']
  const nodes = { fieldSelector: { key: 'UID', operator: 'In', values: [] } } as const
  const mesh: MeshRecord = {
    id: newId(),
    name: 'demo',
    spec: {
      kind: 'Mesh',
      apiVersion: 'v1',
      metadata: { name: 'demo' },
      spec: {
        type: 'InCluster',
        extendParams: { clusters: clusterIds.map((clusterID) => ({ clusterID, installation: { nodes } })) },
      },
    },
    version,
    clusterIds,
    phase: 'Running',
    updatedAt: start,
    ...made,
  }
  await registry.addMesh(mesh)
  return { world, clock, tasks, registry, mesh, newId }
}
