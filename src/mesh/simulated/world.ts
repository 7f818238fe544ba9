/** The simulated world: its state, the hands of everybody in it, and the passing of time. */

import type { Clock } from '../../lib/clock.ts'
import { Problem } from '../../lib/problem.ts'
import { admitted } from './admission.ts'
import type { Api } from './api.ts'
import { makeApi } from './make-api.ts'
import { advance } from './controllers/run.ts'
import { wrote } from './controllers/triggers.ts'
import type { Faults } from './faults.ts'
import { noFaults, within } from './faults.ts'
import type { Fixture, FixtureName } from './fixtures/fixture.ts'
import { furnish } from './fixtures/furnish.ts'
import { fixtures } from './fixtures/fixtures.ts'
import type { WorldState, Write } from './state.ts'
import { schedule } from './state.ts'
import { loadState, saveState } from './saved.ts'

export interface World {
  /** For whoever is not the program: users, other tools, tests. Answers at once; call `catchUp` before. */
  readonly api: Api
  readonly clock: Clock
  readonly faults: Faults
  /** Every stored write since the world was made. */
  readonly log: readonly Write[]
  /** Lets everything happen that is due by now. */
  catchUp(): void
  /** When something will happen next by itself; undefined when all is quiet. Milliseconds of the world's time. */
  nextDue(): number | undefined
  /** The world's time: the clock's, or later after a restart with a clock that had run fast. */
  now(): number
  setFaults(change: Partial<Faults>): void
  /** A write of several objects; kept, and waiting watchers are woken, even when it fails half-way. */
  write<T>(act: (api: Api) => T): T
  /** @throws Problem `unavailable` while a fault has the API server down. */
  reachable(): void
  /** Called after each write; gives back how to stop. */
  watch(changed: () => void): () => void
  save(): string
}

export interface WorldOptions {
  readonly clock: Clock
  /** Equal seeds, equal stories. */
  readonly seed?: number
  readonly faults?: Partial<Faults>
  readonly mesh?: FixtureName | Fixture
}

/** How long the fixture has stood before the story begins: everything in it is settled. */
const settledMs = 3_600_000

export function makeWorld(options: WorldOptions): World {
  const { clock, seed = 1, mesh = 'demo' } = options
  const state: WorldState = {
    now: clock.now() - settledMs,
    began: clock.now(),
    seed,
    resourceVersion: 1,
    serial: 0,
    random: seed,
    objects: new Map(),
    due: [],
    labelsBefore: new Map(),
    refusals: new Map(),
    faults: noFaults,
    log: [],
  }
  const api = makeApi(state, { admit: admitted, wrote })
  furnish(api, typeof mesh === 'string' ? fixtures[mesh] : mesh)
  advance(api, clock.now())
  state.log.length = 0
  const world = worldOf(state, clock)
  world.setFaults(options.faults ?? {})
  return world
}

/** @throws Problem `invalid` when the text is no saved world. */
export function loadWorld(text: string, clock: Clock): World {
  return worldOf(loadState(text), clock)
}

function worldOf(state: WorldState, clock: Clock): World {
  const api = makeApi(state, { admit: admitted, wrote })
  const ahead = Math.max(0, state.now - clock.now())
  const watchers = new Set<() => void>()
  const now = (): number => clock.now() + ahead
  const world: World = {
    api,
    clock,
    get faults() {
      return state.faults
    },
    log: state.log,
    catchUp: () => advance(api, now()),
    nextDue: () => state.due[0]?.at,
    now,
    setFaults: (change) => {
      state.faults = { ...state.faults, ...change }
      for (const fromMs of [state.now - state.began, ...state.faults.dead.map((each) => each.fromMs)])
        if (state.began + fromMs >= state.now)
          schedule(state, state.began + fromMs - state.now, { do: 'probe-istiods', fromMs })
      world.catchUp()
    },
    write: (act) => {
      try {
        return act(api)
      } finally {
        for (const each of watchers) each()
      }
    },
    reachable: () => {
      if (within(state.faults.unavailable, now() - state.began))
        throw new Problem({
          kind: 'unavailable',
          code: 'simulated/unavailable',
          text: 'The API server of the simulated cluster does not answer: connection refused.',
        })
    },
    watch: (changed) => {
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
    save: () => saveState(state),
  }
  return world
}
