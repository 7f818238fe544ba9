/** What was worked out from a task, until that task changes: many ask for the same again while nothing happens. */

import { LRUCache } from 'lru-cache'
import type { Soon } from '../lib/soon.ts'
import type { TaskDesk } from './store.ts'

export interface Worked<T> {
  /** Id of the task that it comes from; nothing else may go into it. */
  readonly task: string
  readonly value: T
  /** What keeping it costs, in the unit of the bound; a whole number, more than 0. */
  readonly weight: number
}

export interface Remembered<T> {
  /** The very same object until its task changes. What a change overtakes is answered, and forgotten. */
  of(key: string, work: () => Promise<Worked<T>>): Soon<T>
  /** Only when it is there; nothing is worked out. */
  known(key: string): T | undefined
}

/** @param atMost sum of the weights that are kept; what nobody asked for the longest goes first */
export function remembered<T>({ watch }: Pick<TaskDesk, 'watch'>, atMost: number): Remembered<T> {
  const keysOf = new Map<string, Set<string>>()
  const kept = new LRUCache<string, Worked<T>>({
    maxSize: atMost,
    sizeCalculation: ({ weight }) => weight,
    dispose: ({ task }, key) => {
      const keys = keysOf.get(task)
      keys?.delete(key)
      if (keys?.size === 0) keysOf.delete(task)
    },
  })
  /** With the tasks that changed meanwhile. */
  const atWork = new Map<Promise<Worked<T>>, Set<string>>()
  const latest = new Map<string, Promise<Worked<T>>>()

  const keep = (key: string, worked: Worked<T>): void => {
    kept.set(key, worked)
    // What is heavier than all of it is not kept.
    if (kept.has(key)) keysOf.set(worked.task, (keysOf.get(worked.task) ?? new Set()).add(key))
  }

  watch((task) => {
    for (const key of keysOf.get(task) ?? []) kept.delete(key)
    for (const changed of atWork.values()) changed.add(task)
    // Whose work it is, is not known before it is done. Who asks from now on must see the change.
    latest.clear()
  })

  const workedOut = async (key: string, work: () => Promise<Worked<T>>): Promise<T> => {
    // Everybody who waits for one task asks again at the same moment, when it changes: it is worked out once.
    const other = latest.get(key)
    if (other) return (await other).value
    const mine = work()
    const changed = new Set<string>()
    atWork.set(mine, changed)
    latest.set(key, mine)
    try {
      const worked = await mine
      if (!changed.has(worked.task)) keep(key, worked)
      return worked.value
    } finally {
      atWork.delete(mine)
      if (latest.get(key) === mine) latest.delete(key)
    }
  }

  return {
    known: (key) => kept.get(key)?.value,
    of: (key, work) => {
      const there = kept.get(key)
      return there ? there.value : workedOut(key, work)
    },
  }
}
