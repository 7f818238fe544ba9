import { describe, expect, it } from 'vitest'
import type { Clock } from '../lib/clock.ts'
import { Problem } from '../lib/problem.ts'
import { memoryTasks } from './memory.ts'
import type { Epoch, Save, Task, TaskDesk, TaskStore } from './store.ts'
import { createWorker } from './worker.ts'
import type { Worker, WorkerEvent, WorkerParts } from './worker.ts'

type Run = WorkerParts['run']

/** A clock that stands still until it is moved; moving it ends the sleeps that are over. */
function handClock(): Clock & { readonly move: (ms: number) => void; readonly asleep: () => number } {
  let now = 0
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>()
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          until: now + ms,
          wake: () => {
            sleepers.delete(sleeper)
            resolve()
          },
        }
        if (signal?.aborted) return resolve()
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake, { once: true })
      }),
    move: (ms) => {
      now += ms
      for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake()
    },
    asleep: () => sleepers.size,
  }
}

/** Lets everything that waits for promises only go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Bench {
  readonly store: TaskStore & TaskDesk
  readonly clock: ReturnType<typeof handClock>
  readonly worker: Worker
  readonly events: WorkerEvent[]
  readonly create: (id: string) => Promise<Task>
}

function bench(run: (store: TaskStore & TaskDesk) => Run, more: Partial<WorkerParts> = {}): Bench {
  const store = more.store === undefined ? memoryTasks() : (more.store as TaskStore & TaskDesk)
  const clock = handClock()
  const events: WorkerEvent[] = []
  const report = (event: WorkerEvent): void => void events.push(event)
  const parts = { clock, owner: 'us', run: run(store), report, lot: () => 0, leaseMs: 15_000, ...more, store }
  return {
    store,
    clock,
    events,
    worker: createWorker(parts),
    create: (id) =>
      store.create({
        id,
        project: 'p',
        subject: `mesh of ${id}`,
        state: 0,
        createdAt: clock.now(),
        command: { id: `start ${id}`, body: {}, at: clock.now() },
      }),
  }
}

const saveOf = (task: Task, more: Partial<Save> = {}): Save => ({
  task: task.id,
  version: task.version,
  state: task.state,
  finished: false,
  wakeAt: undefined,
  items: [],
  notes: [],
  keep: [],
  ...(task.command === undefined ? {} : { folded: task.command.id }),
  ...more,
})

/** A run that saves and says so. */
const saving =
  (ran: string[], next: (task: Task) => Partial<Save>) =>
  (store: TaskStore): Run =>
  async (task, epoch) => {
    ran.push(task.id)
    await store.save(epoch, saveOf(task, next(task)))
  }

const failures = (events: readonly WorkerEvent[]): readonly unknown[] =>
  events.flatMap((event) => (event.what === 'run-failed' ? [[event.problem.code, event.attempts]] : []))

describe('turn by turn', () => {
  it('runs what is due, and answers with the wake that was saved', async () => {
    const ran: string[] = []
    const { worker, create, clock } = bench(saving(ran, ({ version }) => (version === 1 ? { wakeAt: 5_000 } : {})))
    expect(await worker.turn()).toBeUndefined()
    await create('a')
    await create('b')
    expect(await worker.turn()).toBe(5_000)
    expect(ran).toEqual(['a', 'b'])
    expect(await worker.turn()).toBe(5_000)
    expect(ran).toEqual(['a', 'b'])
    clock.move(5_000)
    expect(await worker.turn()).toBeUndefined()
    expect(ran).toEqual(['a', 'b', 'a', 'b'])
  })

  it('asks to come again at once while more is due than it may run side by side', async () => {
    const ran: string[] = []
    const { worker, create } = bench(
      saving(ran, () => ({ finished: true })),
      { limit: 2 },
    )
    for (const id of ['a', 'b', 'c']) await create(id)
    expect(await worker.turn()).toBe(0)
    expect(ran).toEqual(['a', 'b'])
    expect(await worker.turn()).toBeUndefined()
    expect(ran).toEqual(['a', 'b', 'c'])
  })

  it('looks at a nudged task before its wake, once, and never at a finished one', async () => {
    const ran: string[] = []
    const { worker, create, clock, store } = bench(saving(ran, () => ({ wakeAt: 60_000 })))
    await create('a')
    await worker.turn()
    clock.move(1_000)
    worker.nudge('a')
    worker.nudge('nobody')
    await worker.turn()
    await worker.turn()
    expect(ran).toEqual(['a', 'a'])
    const task = await store.read('a')
    if (task !== undefined) await store.save(1, saveOf(task, { finished: true }))
    worker.nudge('a')
    expect(await worker.turn()).toBeUndefined()
    expect(ran).toEqual(['a', 'a'])
  })

  it('leaves a failing task alone for longer and longer, and the others go on', async () => {
    let broken = true
    const ran: string[] = []
    const { worker, create, clock, events } = bench((store) => async (task, epoch) => {
      ran.push(task.id)
      if (task.id === 'bad' && broken) throw new Error('no idea')
      await store.save(epoch, saveOf(task))
    })
    await create('bad')
    await create('good')
    expect(await worker.turn()).toBe(500)
    expect(ran).toEqual(['bad', 'good'])
    clock.move(499)
    await worker.turn()
    expect(ran).toHaveLength(2)
    clock.move(1)
    expect(await worker.turn()).toBe(1_500)
    clock.move(1_000)
    expect(await worker.turn()).toBe(3_500)
    expect(failures(events)).toEqual([
      ['program/bug', 1],
      ['program/bug', 2],
      ['program/bug', 3],
    ])
    broken = false
    clock.move(2_000)
    expect(await worker.turn()).toBeUndefined()
    expect(ran).toEqual(['bad', 'good', 'bad', 'bad', 'bad'])
  })

  it('counts anew after a success', async () => {
    let broken = true
    const { worker, create, clock, events } = bench((store) => async (task, epoch) => {
      broken = !broken
      if (!broken) throw new Error('every other time')
      await store.save(epoch, saveOf(task, { wakeAt: clock.now() }))
    })
    await create('a')
    for (let round = 0; round < 4; round += 1) clock.move(((await worker.turn()) ?? 0) - clock.now())
    expect(failures(events)).toEqual([
      ['program/bug', 1],
      ['program/bug', 1],
    ])
  })

  it('tries a failing task at once when somebody asks something new of it', async () => {
    const ran: (string | undefined)[] = []
    const { worker, create, store } = bench((tasks) => async (task, epoch) => {
      ran.push(task.command?.id)
      await tasks.save(epoch, saveOf(task, { wakeAt: 0 }))
      throw new Error('after saving')
    })
    await create('a')
    await worker.turn()
    await worker.turn()
    expect(ran).toEqual(['start a'])
    const task = await store.read('a')
    await store.command('a', { id: 'retry', body: {}, at: 0 }, task?.version ?? 0)
    await worker.turn()
    await worker.turn()
    expect(ran).toEqual(['start a', 'retry'])
  })

  it('does not spin on a run that neither saved nor threw', async () => {
    let count = 0
    const { worker, create, events } = bench(() => async () => void (count += 1))
    await create('a')
    expect(await worker.turn()).toBe(500)
    await worker.turn()
    expect(count).toBe(1)
    expect(failures(events)).toEqual([['tasks/no-progress', 1]])
  })

  it('looks again at once when a request came in between, but not for ever', async () => {
    let count = 0
    const { worker, create, events } = bench((store) => async (task, epoch) => {
      count += 1
      await store.save(epoch, saveOf({ ...task, version: task.version - 1 }))
    })
    await create('a')
    expect(await worker.turn()).toBe(0)
    expect(events.map(({ what }) => what)).toEqual(['lease-taken'])
    expect(await worker.turn()).toBeGreaterThan(0)
    await worker.turn()
    expect(count).toBe(2)
    expect(failures(events)).toEqual([['tasks/moved', 2]])
  })

  it('stops when its lease is taken, tells nobody of an error, and tries again later', async () => {
    const ran: string[] = []
    const { worker, create, clock, events, store } = bench(saving(ran, () => ({ wakeAt: 0 })))
    await create('a')
    await worker.turn()
    clock.move(1_000)
    await store.lease('them', 20_000, 10_000, true) // as if ours had run out long ago
    expect(await worker.turn()).toBe(6_000)
    expect(await worker.turn()).toBe(6_000)
    expect(ran).toEqual(['a', 'a'])
    expect((await store.read('a'))?.version).toBe(2)
    clock.move(5_000)
    expect(await worker.turn()).toBe(11_000)
    clock.move(25_000)
    await worker.turn()
    expect(ran).toEqual(['a', 'a', 'a'])
    expect((await store.read('a'))?.version).toBe(3)
    expect(events).toEqual([
      { what: 'lease-taken', epoch: 1 },
      { what: 'lease-lost', epoch: 1 },
      { what: 'lease-elsewhere' },
      { what: 'lease-taken', epoch: 3 },
    ])
  })

  it('after a restart takes its own lease back at once, and the old run can write nothing', async () => {
    const ran: string[] = []
    const first = bench(saving(ran, () => ({ wakeAt: 0 })))
    await first.create('a')
    await first.worker.turn()
    const second = bench(
      saving(ran, () => ({ finished: true })),
      { store: first.store },
    )
    await second.worker.turn()
    expect(ran).toEqual(['a', 'a'])
    await first.worker.turn()
    expect(await first.store.read('a')).toMatchObject({ version: 3, finished: true })
    expect(second.events).toEqual([{ what: 'lease-taken', epoch: 2 }])
  })
})

describe('by itself', () => {
  /** A run that stays in the middle until told how to end. */
  function held(): {
    readonly run: (store: TaskStore) => Run
    readonly inside: Map<string, { readonly epoch: Epoch; readonly signal: AbortSignal; end: () => void }>
    readonly begun: string[]
  } {
    const inside = new Map<string, { epoch: Epoch; signal: AbortSignal; end: () => void }>()
    const begun: string[] = []
    const run =
      (store: TaskStore): Run =>
      async (task, epoch, signal) => {
        begun.push(task.id)
        await new Promise<void>((resolve, reject) => {
          inside.set(task.id, { epoch, signal, end: resolve })
          const stopped = new Problem({ kind: 'aborted', code: 'program/aborted', text: 'Stopped.' })
          signal.addEventListener('abort', () => reject(stopped))
        }).finally(() => inside.delete(task.id))
        await store.save(epoch, saveOf(task, { wakeAt: 10_000 }))
      }
    return { run, inside, begun }
  }

  it('wakes on a command, on a nudge and when the time has come', async () => {
    const ran: string[] = []
    const { worker, create, clock } = bench(saving(ran, () => ({ wakeAt: clockNow() + 10_000 })))
    const clockNow = (): number => clock.now()
    worker.start()
    worker.start()
    await settle()
    expect(ran).toEqual([])
    await create('a')
    await settle()
    expect(ran).toEqual(['a'])
    worker.nudge('a')
    await settle()
    expect(ran).toEqual(['a', 'a'])
    clock.move(4_999)
    await settle()
    expect(ran).toHaveLength(2)
    for (const ms of [1, 5_000]) {
      clock.move(ms)
      await settle()
    }
    expect(ran).toEqual(['a', 'a', 'a'])
    await worker.stop()
  })

  it('runs different tasks side by side up to its limit, never one twice, and keeps a nudge that came meanwhile', async () => {
    const { run, inside, begun } = held()
    const { worker, create, clock } = bench(run, { limit: 2 })
    worker.start()
    for (const id of ['a', 'b', 'c']) await create(id)
    await settle()
    expect(begun).toEqual(['a', 'b'])
    worker.nudge('a')
    clock.move(2_000)
    await settle()
    expect(begun).toEqual(['a', 'b'])
    inside.get('b')?.end()
    await settle()
    expect(begun).toEqual(['a', 'b', 'c'])
    inside.get('a')?.end()
    await settle()
    expect(begun).toEqual(['a', 'b', 'c', 'a'])
    await worker.stop()
  })

  it('prolongs its lease while a run takes long', async () => {
    const { run, inside } = held()
    const { worker, create, clock, store, events } = bench(run)
    worker.start()
    await create('a')
    await settle()
    for (let passed = 0; passed < 60_000; passed += 5_000) {
      expect(await store.lease('them', clock.now(), 1, true)).toBeUndefined()
      clock.move(5_000)
      await settle()
    }
    inside.get('a')?.end()
    await settle()
    expect((await store.read('a'))?.version).toBe(2)
    expect(events).toEqual([{ what: 'lease-taken', epoch: 1 }])
    await worker.stop()
  })

  it('ends its runs when it finds that the lease is gone', async () => {
    const { run, inside, begun } = held()
    const { worker, create, clock, store, events } = bench(run)
    worker.start()
    await create('a')
    await settle()
    await store.lease('them', 100_000, 20_000, true)
    clock.move(5_000)
    await settle()
    expect(inside.size).toBe(0)
    expect(events.map(({ what }) => what)).toEqual(['lease-taken', 'lease-lost', 'lease-elsewhere'])
    clock.move(120_000)
    await settle()
    expect(begun).toEqual(['a', 'a'])
    expect(inside.get('a')?.epoch).toBe(3)
    await worker.stop()
  })

  it('stops: the run in flight is told and waited for, nothing starts, the lease is free, nothing sleeps', async () => {
    const { run, inside, begun } = held()
    const { worker, create, clock, store, events } = bench(run, { limit: 1 })
    worker.start()
    await create('a')
    await create('b')
    await settle()
    expect(inside.size).toBe(1)
    await worker.stop()
    expect(inside.size).toBe(0)
    expect(begun).toEqual(['a'])
    expect(clock.asleep()).toBe(0)
    expect(await store.lease('them', clock.now(), 1_000, true)).toBeGreaterThan(1)
    await create('c')
    worker.nudge('a')
    await settle()
    expect(begun).toEqual(['a'])
    expect(events.map(({ what }) => what)).toEqual(['lease-taken'])
  })

  it('waits on stop for a run that does not listen', async () => {
    let end = (): void => undefined
    const { worker, create, store } = bench((tasks) => async (task, epoch) => {
      await new Promise<void>((resolve) => (end = resolve))
      await tasks.save(epoch, saveOf(task, { finished: true }))
    })
    worker.start()
    await create('a')
    await settle()
    let stopped = false
    const stopping = worker.stop().then(() => (stopped = true))
    await settle()
    expect(stopped).toBe(false)
    end()
    await stopping
    expect((await store.read('a'))?.finished).toBe(true)
  })

  it('goes on after the store failed for a while, without spinning', async () => {
    const ran: string[] = []
    const memory = memoryTasks()
    let down = true
    let asked = 0
    const store = {
      ...memory,
      due: async (now: number, limit: number) => {
        asked += 1
        if (down) throw new Problem({ kind: 'unavailable', code: 'database/not-writable', text: 'disk full' })
        return memory.due(now, limit)
      },
    }
    const { worker, create, clock, events } = bench(
      saving(ran, () => ({})),
      { store },
    )
    worker.start()
    await settle()
    expect(asked).toBe(1)
    clock.move(500)
    await settle()
    expect(asked).toBe(2)
    expect(events.slice(1)).toMatchObject([
      { what: 'store-failed', again: 500 },
      { what: 'store-failed', again: 1_500 },
    ])
    down = false
    await create('a')
    await settle()
    expect(ran).toEqual(['a'])
    await worker.stop()
  })
})
