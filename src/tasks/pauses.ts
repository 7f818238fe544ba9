/** Tasks that are left alone for a while, because running them failed or got nowhere. In memory: a restart tries again. */

import type { Task } from './store.ts'
import { backoffMs } from './backoff.ts'
import type { BackoffPolicy } from './backoff.ts'

interface Pause {
  readonly attempts: number
  readonly until: number
  /** The command that was open then: another one is tried at once, for a person waits. */
  readonly command: string | undefined
}

export interface Pauses {
  /** Counts one more failure. */
  add(task: Task, now: number): { readonly attempts: number; readonly until: number }
  /** The failure that needs no pause: it was counted, but may be tried again at once. */
  addWithout(task: Task, now: number): void
  attempts(task: string): number
  clear(task: string): void
  holds(task: Task, now: number): boolean
  /** Earliest end of a pause after `now`. */
  nextEnd(now: number): number | undefined
  readonly size: number
}

export function taskPauses(policy: BackoffPolicy, lot: () => number): Pauses {
  const pauses = new Map<string, Pause>()
  const attempts = (task: string): number => pauses.get(task)?.attempts ?? 0
  /** Of tasks that were removed or came to rest meanwhile. */
  const forgetOld = (now: number): void => {
    for (const [task, { until }] of pauses) if (until + 2 * policy.maxMs < now) pauses.delete(task)
  }
  const set = (task: Task, until: number): Pause => {
    const pause = { attempts: attempts(task.id) + 1, until, command: task.command?.id }
    pauses.set(task.id, pause)
    return pause
  }
  return {
    add: (task, now) => {
      forgetOld(now)
      return set(task, now + backoffMs(attempts(task.id) + 1, policy, lot()))
    },
    addWithout: (task, now) => void set(task, now),
    attempts,
    clear: (task) => void pauses.delete(task),
    holds: ({ id, command }, now) => {
      const pause = pauses.get(id)
      if (pause === undefined || pause.until <= now) return false
      return command === undefined || command.id === pause.command
    },
    nextEnd: (now) => {
      const ends = [...pauses.values()].flatMap(({ until }) => (until > now ? [until] : []))
      return ends.length === 0 ? undefined : Math.min(...ends)
    },
    get size() {
      return pauses.size
    },
  }
}
