/** One run of the program on a setting: the real worker, engine and door. It can be killed where a crash would hurt. */

import { meshOn } from '../../src/mesh/driver.ts'
import { simulatedCluster } from '../../src/mesh/simulated/cluster.ts'
import { simulatedHelm } from '../../src/mesh/simulated/helm.ts'
import type { Save } from '../../src/tasks/store.ts'
import { createWorker } from '../../src/tasks/worker.ts'
import type { Worker } from '../../src/tasks/worker.ts'
import type { Problem } from '../../src/lib/problem.ts'
import { problemFrom } from '../../src/lib/problem.ts'
import type { Action } from '../../src/upgrade/actions.ts'
import type { Mesh } from '../../src/upgrade/mesh.ts'
import type { Settings } from '../../src/upgrade/stage.ts'
import { upgradeRunner } from '../../src/wiring/engine.ts'
import { meshFacts } from '../../src/wiring/mesh-facts.ts'
import { upgradeDoor } from '../../src/wiring/upgrade-door.ts'
import { cluster } from './setting.ts'
import type { Setting, Tasks } from './setting.ts'

/** What changes something for good: between any two of these a process may die. */
export type Moment =
  | { readonly what: 'saving' | 'saved'; readonly save: Save }
  | { readonly what: 'acting' | 'acted'; readonly action: Action }
  | { readonly what: 'refused'; readonly action: Action; readonly problem: Problem }
  | { readonly what: 'looked' }

/** Called at each moment; what it throws ends the process there. */
export type Witness = (moment: Moment) => Promise<void>

export interface Program {
  readonly worker: Worker
  readonly door: ReturnType<typeof upgradeDoor>
  /** Why it died, if it did. Nothing of it writes anything from then on. */
  readonly died: () => Error | undefined
}

const settings: Settings = {
  settleMs: 1000,
  readyWithinMs: 300_000,
  rolledWithinMs: 600_000,
  heldAfterMs: 600_000,
  precheckValidMs: 86_400_000,
}

export interface ProgramParts {
  readonly setting: Setting
  readonly witness: Witness
  readonly owner: string
}

export function startProgram({ setting, witness, owner }: ProgramParts): Program {
  const { world, clock, tasks, registry, newId } = setting
  let death: Error | undefined

  const alive = (): void => {
    if (death) throw death
  }
  const at = async (moment: Moment): Promise<void> => {
    alive()
    try {
      await witness(moment)
    } catch (thrown) {
      death ??= thrown instanceof Error ? thrown : problemFrom(thrown)
      throw thrown
    }
  }
  /** A process that is dead reads and writes nothing more, whatever its code still tries. */
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const member = target[name as keyof T]
        if (typeof member !== 'function' || name === 'watch') return member
        return async (...given: readonly unknown[]): Promise<unknown> => {
          alive()
          const answer: unknown = await member.apply(target, given)
          alive()
          return answer
        }
      },
    })

  const store: Tasks = {
    ...tasks,
    save: async (epoch, save) => {
      await at({ what: 'saving', save })
      const task = await tasks.save(epoch, save)
      await at({ what: 'saved', save })
      return task
    },
  }
  const inner = { cluster: simulatedCluster(world, cluster), helm: simulatedHelm(world) }
  const driven = meshOn({ ...inner, clock })
  const mesh: Mesh = {
    ...driven,
    observe: async (parts, signal) => {
      const seen = await driven.observe(parts, signal)
      await at({ what: 'looked' })
      return seen
    },
    perform: async (action, signal) => {
      await at({ what: 'acting', action })
      try {
        await driven.perform(action, signal)
      } catch (thrown) {
        await at({ what: 'refused', action, problem: problemFrom(thrown) })
        throw thrown
      }
      await at({ what: 'acted', action })
    },
  }
  const connection = { ...inner, mesh: mortal(mesh) }
  const connections = { to: async () => connection, forget: async () => undefined, close: async () => undefined }
  const held = mortal(store)
  const facts = meshFacts({ registry, tasks: held, connections, clock })
  const run = upgradeRunner({
    store: held,
    clock,
    settings,
    meshOf: facts.meshOf,
    outsideOf: facts.outsideOf,
    looked: facts.touch,
    report: () => undefined,
    patience: { clock, graceMs: 15_000 },
  })
  const worker = createWorker({ store: held, clock, owner, run, report: () => undefined, lot: () => 0.5 })
  const door = upgradeDoor({ desk: held, clock, newId, settings, ...facts })
  return { worker, door, died: () => death }
}
