/** The heart on durable tasks: what the worker calls, and what wakes it when a cluster changes. */

import type { Clock } from '../lib/clock.ts'
import type { Problem } from '../lib/problem.ts'
import type { Epoch, Task, TaskDesk, TaskStore } from '../tasks/store.ts'
import { advance } from '../upgrade/advance.ts'
import type { Mesh } from '../upgrade/mesh.ts'
import { readRecord, type UpgradeRecord } from '../upgrade/record.ts'
import type { Outside, Settings } from '../upgrade/stage.ts'
import { finishActions } from './finish-actions.ts'

export interface EngineParts {
  readonly store: TaskStore & Pick<TaskDesk, 'items'>
  readonly clock: Clock
  readonly settings: Settings
  readonly meshOf: (record: UpgradeRecord) => Promise<Mesh>
  readonly outsideOf: (record: UpgradeRecord) => Promise<Outside>
  /** After every look: the mesh's version follows a successful upgrade. */
  readonly looked: (record: UpgradeRecord) => Promise<void>
  readonly report: (record: UpgradeRecord, problem: Problem) => void
  /**
   * How long an action that has begun may go on when the program stops; absent: it ends with its run. The clock is real,
   * however fast the other one runs.
   */
  readonly patience?: { readonly clock: Clock; readonly graceMs: number }
}

/** One run is at most this many looks, so that no task keeps a place for ever. */
const looksPerRun = 100

export function upgradeRunner(parts: EngineParts): (task: Task, epoch: Epoch, signal: AbortSignal) => Promise<void> {
  const { store, clock, settings, meshOf, outsideOf, report, patience } = parts
  return async (task, epoch, signal) => {
    const mayAct = (): Promise<void> => store.holds(epoch)
    const mesh = async (record: UpgradeRecord): Promise<Mesh> => {
      const found = await meshOf(record)
      return patience ? finishActions(found, { mayAct, ...patience }) : found
    }
    const engine = { ledger: store, mesh, outside: outsideOf, clock, settings, report }
    for (let look = 0; look < looksPerRun && !signal.aborted; look += 1) {
      const next = await advance(task.id, epoch, engine, signal).catch(async (thrown: unknown) => {
        // Deleted while it was looked at: there is nothing left to do.
        if (await store.read(task.id)) throw thrown
        return 'later' as const
      })
      const after = await store.read(task.id)
      if (after) await parts.looked(readRecord(after.state))
      if (next === 'later' || !after || after.finished) return
    }
  }
}

export interface WakerParts {
  readonly clock: Clock
  readonly meshOf: (record: UpgradeRecord) => Promise<Mesh>
  readonly nudge: (task: string) => void
}

/** Watches give bursts; one look answers them all. */
const quietMs = 150
const longestMs = 60_000

/** Wakes a waiting upgrade when its cluster changes; the saved wake time stays as a fallback. */
export function waker({ clock, meshOf, nudge }: WakerParts): {
  await(task: string, record: UpgradeRecord): void
  stop(): Promise<void>
} {
  const stopping = new AbortController()
  const waiting = new Map<string, Promise<void>>()
  const wait = async (task: string, record: UpgradeRecord): Promise<void> => {
    const mesh = await meshOf(record)
    await mesh.changed(longestMs, stopping.signal)
    await clock.sleep(quietMs, stopping.signal)
    waiting.delete(task)
    if (!stopping.signal.aborted) nudge(task)
  }
  return {
    await(task, record) {
      const idle = record.ended !== undefined || (record.standing !== 'working' && record.standing !== 'held')
      if (idle || stopping.signal.aborted || waiting.has(task)) return
      // A cluster that cannot be watched is looked at by the clock alone.
      waiting.set(
        task,
        wait(task, record).catch(() => void waiting.delete(task)),
      )
    },
    async stop() {
      stopping.abort()
      await Promise.all(waiting.values())
    },
  }
}
