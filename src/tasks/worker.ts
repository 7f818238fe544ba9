/**
 * The loop that runs tasks: holds the lease, takes what is due, runs different tasks side by side and never one twice at
 * once. What a run saved decides when it comes again.
 */

import type { Clock } from '../lib/clock.ts'
import { Problem, problemFrom } from '../lib/problem.ts'
import { backoffMs, taskBackoff } from './backoff.ts'
import { leaseHolder } from './lease-holder.ts'
import type { HeldLease, LeaseEvent } from './lease-holder.ts'
import { taskPauses } from './pauses.ts'
import type { Epoch, Task, TaskDesk, TaskStore } from './store.ts'

export interface WorkerParts {
  readonly store: TaskStore & Pick<TaskDesk, 'watch'>
  readonly clock: Clock
  /** Names this installation, not this process: after a restart it takes its own lease back at once. */
  readonly owner: string
  /** One look at a task. Its signal ends with the lease and with `stop`. */
  readonly run: (task: Task, epoch: Epoch, signal: AbortSignal) => Promise<void>
  readonly report: (event: WorkerEvent) => void
  /** In [0, 1); spreads retries. */
  readonly lot: () => number
  /** Tasks run side by side. Default 8. */
  readonly limit?: number
  /** Default 15,000 ms of the clock; prolonged at each third of it. */
  readonly leaseMs?: number
}

export type WorkerEvent =
  | LeaseEvent
  | {
      readonly what: 'run-failed'
      readonly task: string
      readonly problem: Problem
      readonly attempts: number
      readonly again: number
    }
  | { readonly what: 'store-failed'; readonly problem: Problem; readonly again: number }

export interface Worker {
  /** Works until `stop`. */
  start(): void
  /** Ends runs between two of their actions, waits for them, gives the lease up. */
  stop(): Promise<void>
  /** Looks at this task as soon as it can, though its wake has not come: something it waits for has changed. */
  nudge(task: string): void
  /**
   * One round without a timer, for whoever moves the clock by hand: runs what is due now, side by side, each once, to
   * the end. Answers when to come again; undefined when only a command or a nudge could bring work.
   */
  turn(): Promise<number | undefined>
}

/** While a running or pausing task hides the next wake of the others. */
const lookAgainMs = 1_000

export function createWorker(parts: WorkerParts): Worker {
  const { store, clock, owner, report, limit = 8, leaseMs = 15_000 } = parts
  const pauses = taskPauses(taskBackoff, parts.lot)
  const lease = leaseHolder({ store, owner, leaseMs, report })
  const running = new Map<string, Promise<void>>()
  const nudged = new Set<string>()
  const stopping = new AbortController()
  let storeFailures = 0
  let ring = (): void => undefined
  let loop: Promise<void> | undefined

  const waiting = async (now: number): Promise<readonly Task[]> => {
    // As they are before the question: what ends during it is read anew next time, not run as it was.
    const busy = new Set(running.keys())
    // What runs or pauses may stand at the head of the line, before what could be started.
    const due = await store.due(now, limit + busy.size + pauses.size)
    const tasks = [...due, ...(await called(due))]
    return tasks.filter((task) => !busy.has(task.id) && !running.has(task.id) && !pauses.holds(task, now))
  }

  /** Nudged tasks that are not due anyway. */
  const called = async (due: readonly Task[]): Promise<readonly Task[]> => {
    const tasks: Task[] = []
    for (const id of nudged) {
      if (due.some((task) => task.id === id)) continue
      const task = await store.read(id)
      if (task === undefined || task.finished) nudged.delete(id)
      else tasks.push(task)
    }
    return tasks
  }

  const ended = (task: Task, epoch: Epoch, signal: AbortSignal, problem: Problem | undefined): void => {
    const now = clock.now()
    if (problem === undefined) return pauses.clear(task.id)
    if (problem.kind === 'lease-lost') return lease.lose(epoch, now)
    if (problem.kind === 'aborted' && signal.aborted) return
    // A request came between reading and saving: look again at once, but not for ever.
    if (problem.code === 'tasks/moved' && pauses.attempts(task.id) === 0) return pauses.addWithout(task, now)
    const { attempts, until } = pauses.add(task, now)
    if (problem.kind !== 'aborted') report({ what: 'run-failed', task: task.id, problem, attempts, again: until })
  }

  /** A run that left its task due and unchanged would be run again at once, and again. */
  const withoutProgress = async (task: Task): Promise<Problem | undefined> => {
    const after = await store.read(task.id)
    if (after === undefined || after.finished || after.version !== task.version) return undefined
    if (after.command === undefined && (after.wakeAt ?? Infinity) > clock.now()) return undefined
    return new Problem({ kind: 'bug', code: 'tasks/no-progress', text: `Task ${task.id} was run and is still due.` })
  }

  const begin = (task: Task, { epoch, over }: HeldLease): Promise<void> => {
    nudged.delete(task.id)
    const signal = AbortSignal.any([over, stopping.signal])
    const look = async (): Promise<Problem | undefined> => {
      await parts.run(task, epoch, signal)
      return withoutProgress(task)
    }
    const work = async (): Promise<void> => {
      const problem = await look().catch(problemFrom)
      running.delete(task.id)
      ended(task, epoch, signal, problem)
      ring()
    }
    const done = work()
    running.set(task.id, done)
    return done
  }

  /** Starts what can be started; does not wait for it. */
  const startDue = async (): Promise<readonly Promise<void>[]> => {
    const now = clock.now()
    const held = await lease.hold(now)
    const begun: Promise<void>[] = []
    if (held === undefined || stopping.signal.aborted) return begun
    for (const task of await waiting(now)) {
      if (running.size >= limit || held.over.aborted) break
      begun.push(begin(task, held))
    }
    return begun
  }

  const nextLook = async (): Promise<number | undefined> => {
    const now = clock.now()
    if (lease.held() === undefined) return Math.max(lease.askAt(), now)
    if (running.size < limit && (await waiting(now)).length > 0) return now
    const wake = await store.nextWake()
    const times = [wake === undefined ? undefined : wake > now ? wake : now + lookAgainMs, pauses.nextEnd(now)]
    const known = times.filter((time) => time !== undefined)
    return known.length === 0 ? undefined : Math.min(...known)
  }

  const storeFailed = (thrown: unknown): number => {
    storeFailures += 1
    const again = clock.now() + backoffMs(storeFailures, taskBackoff, parts.lot())
    report({ what: 'store-failed', problem: problemFrom(thrown), again })
    return again
  }

  const work = async (): Promise<void> => {
    const unwatch = store.watch(() => ring())
    while (!stopping.signal.aborted) {
      // Before the look, so that what happens during it cuts the sleep short.
      const pause = new AbortController()
      ring = () => pause.abort()
      const until = await startDue()
        .then(nextLook)
        .then((next) => {
          storeFailures = 0
          return Math.min(next ?? Infinity, lease.askAt())
        })
        .catch(storeFailed)
      // Never nothing, so that no mistake here can keep the process from everything else.
      await clock.sleep(Math.max(1, until - clock.now()), AbortSignal.any([pause.signal, stopping.signal]))
    }
    unwatch()
  }

  return {
    start: () => {
      loop ??= work()
    },
    stop: async () => {
      stopping.abort()
      await loop
      await Promise.all(running.values())
      await store.release(owner).catch(storeFailed)
    },
    nudge: (task) => {
      nudged.add(task)
      ring()
    },
    turn: async () => {
      await Promise.all(await startDue())
      return nextLook()
    },
  }
}
