/** What was worked out from a task, until that task changes: many ask for the same again while nothing happens. */

import type { TaskDesk } from './store.ts'

export interface Worked<T> {
  /** Id of the task that it comes from; nothing else may go into it. */
  readonly task: string
  readonly value: T
  /** What keeping it costs, in the unit of the bound; more than 0. */
  readonly weight: number
}

export interface Remembered<T> {
  /** The very same object until its task changes. What a change overtakes is answered, and forgotten. */
  of(key: string, work: () => Promise<Worked<T>>): Promise<T>
  /** Only when it is there; nothing is worked out. */
  known(key: string): T | undefined
}

/** @param atMost sum of the weights that are kept; what nobody asked for the longest goes first */
export function remembered<T>({ watch }: Pick<TaskDesk, 'watch'>, atMost: number): Remembered<T> {
  /** The one that was asked for last stands last. */
  const kept = new Map<string, Worked<T>>()
  const keysOf = new Map<string, Set<string>>()
  /** With the tasks that changed meanwhile. */
  const atWork = new Map<Promise<Worked<T>>, Set<string>>()
  const latest = new Map<string, Promise<Worked<T>>>()
  let weight = 0

  const drop = (key: string): void => {
    const found = kept.get(key)
    if (!found) return
    kept.delete(key)
    weight -= found.weight
    const keys = keysOf.get(found.task)
    keys?.delete(key)
    if (keys?.size === 0) keysOf.delete(found.task)
  }
  const keep = (key: string, worked: Worked<T>): void => {
    drop(key)
    if (worked.weight > atMost) return
    kept.set(key, worked)
    weight += worked.weight
    const keys = keysOf.get(worked.task) ?? new Set()
    keysOf.set(worked.task, keys.add(key))
    for (const oldest of kept.keys()) {
      if (weight <= atMost) break
      drop(oldest)
    }
  }
  const known = (key: string): T | undefined => {
    const found = kept.get(key)
    if (!found) return undefined
    kept.delete(key)
    kept.set(key, found)
    return found.value
  }

  watch((task) => {
    for (const key of keysOf.get(task) ?? []) drop(key)
    for (const changed of atWork.values()) changed.add(task)
    // Whose work it is, is not known before it is done. Who asks from now on must see the change.
    latest.clear()
  })

  return {
    known,
    async of(key, work) {
      const there = known(key)
      if (there !== undefined) return there
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
    },
  }
}
