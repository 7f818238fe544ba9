/**
 * The heart as the program has it - door, engine, worker - on a simulated world. Nothing happens by itself: a test says
 * when the worker looks and how long that may take.
 */

import type { Parts } from '../../src/http/parts.ts'
import type { NewId } from '../../src/lib/ids.ts'
import { meshOn } from '../../src/mesh/driver.ts'
import { simulatedCluster } from '../../src/mesh/simulated/cluster.ts'
import { simulatedHelm } from '../../src/mesh/simulated/helm.ts'
import { virtualClock } from '../../src/mesh/simulated/virtual-clock.ts'
import type { VirtualClock } from '../../src/mesh/simulated/virtual-clock.ts'
import { makeWorld } from '../../src/mesh/simulated/world.ts'
import type { World } from '../../src/mesh/simulated/world.ts'
import { memoryRegistry } from '../../src/registry/memory.ts'
import { rememberingMeshes } from '../../src/registry/remembered.ts'
import type { RegistryStore } from '../../src/registry/store.ts'
import { memoryTasks } from '../../src/tasks/memory.ts'
import type { TaskDesk, TaskStore } from '../../src/tasks/store.ts'
import { createWorker } from '../../src/tasks/worker.ts'
import type { WorkerEvent } from '../../src/tasks/worker.ts'
import { clusterDoor } from '../../src/wiring/cluster-door.ts'
import type { Connection, Connections } from '../../src/wiring/connections.ts'
import { upgradeRunner } from '../../src/wiring/engine.ts'
import { meshFacts } from '../../src/wiring/mesh-facts.ts'
import { upgradeDoor } from '../../src/wiring/upgrade-door.ts'

export interface Stores {
  readonly registry: RegistryStore
  readonly tasks: TaskStore & TaskDesk
}

export const memoryStores = (): Stores => ({ registry: rememberingMeshes(memoryRegistry()), tasks: memoryTasks() })

export interface Heart {
  readonly clock: VirtualClock
  /** What every registered cluster leads to: Istio 1.30.2 without a revision. */
  world(): World
  readonly parts: Pick<Parts, 'registry' | 'desk' | 'upgrades' | 'clusters'>
  /** The worker looks once at what is due; then time passes to the next look. */
  round(): Promise<void>
}

const start = Date.parse('2026-11-22T10:00:00.250Z')

const settings = {
  settleMs: 1000,
  readyWithinMs: 300_000,
  rolledWithinMs: 600_000,
  heldAfterMs: 600_000,
  precheckValidMs: 6 * 3_600_000,
} as const

const minute = 60_000

export function heart(newId: NewId, { registry, tasks }: Stores): Heart {
  const clock = virtualClock(start)
  let made: World | undefined
  const world = (): World => (made ??= makeWorld({ clock, mesh: 'demo' }))
  const open = new Map<string, Connection>()
  const connections: Connections = {
    async to({ id, name }) {
      const inner = { cluster: simulatedCluster(world(), name), helm: simulatedHelm(world()) }
      const connection = open.get(id) ?? { ...inner, mesh: meshOn({ ...inner, clock }) }
      open.set(id, connection)
      return connection
    },
    forget: async (id) => void open.delete(id),
    close: async () => undefined,
  }
  const facts = meshFacts({ registry, tasks, connections, clock })
  const run = upgradeRunner({
    store: tasks,
    clock,
    settings,
    meshOf: facts.meshOf,
    outsideOf: facts.outsideOf,
    looked: facts.touch,
    report: () => undefined,
  })
  const report = (event: WorkerEvent): void => {
    if ('problem' in event) throw event.problem
  }
  const worker = createWorker({ store: tasks, clock, owner: 'test', run, report, lot: () => 0.5 })
  return {
    clock,
    world,
    parts: {
      registry,
      desk: tasks,
      upgrades: upgradeDoor({ desk: tasks, clock, newId, settings, ...facts }),
      clusters: clusterDoor(connections),
    },
    async round() {
      const next = (await worker.turn()) ?? clock.now() + minute
      if (next > clock.now()) await clock.sleep(next - clock.now())
    },
  }
}
