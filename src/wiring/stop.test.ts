import { describe, expect, it } from 'vitest'
import type { Clock } from '../lib/clock.ts'
import { patience, stop } from './stop.ts'
import type { Ending } from './stop.ts'

/** Time that jumps to the next sleeper as soon as nothing else can happen. */
function jumping(): Clock & { readonly slept: number[] } {
  let now = 0
  const sleepers = new Map<() => void, number>()
  const slept: number[] = []
  const jump = (): void => {
    const [first] = [...sleepers].toSorted(([, a], [, b]) => a - b)
    if (!first) return
    sleepers.delete(first[0])
    now = first[1]
    slept.push(now)
    first[0]()
    if (sleepers.size > 0) setImmediate(jump)
  }
  return {
    slept,
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        signal?.addEventListener('abort', () => {
          sleepers.delete(resolve)
          resolve()
        })
        sleepers.set(resolve, now + ms)
        setImmediate(jump)
      }),
  }
}

function bench(given: Partial<Ending> = {}) {
  const clock = jumping()
  const told: string[] = []
  const tell = (what: string) => async (): Promise<void> => void told.push(what)
  const ending: Ending = {
    answers: tell('answered'),
    cut: () => void told.push('cut'),
    work: tell('worked'),
    rest: tell('closed'),
    clock,
    report: (text) => told.push(text),
    ...given,
  }
  return { clock, told, stopped: () => stop(ending) }
}

const never = (): Promise<never> => new Promise(() => undefined)

describe('stopping', () => {
  it('closes the rest when answers are sent and work has ended, and waits for nothing else', async () => {
    const { told, clock, stopped } = bench()
    await stopped()
    expect(told).toEqual(['answered', 'worked', 'closed'])
    expect(clock.slept).toEqual([])
  })

  it('cuts connections that are not answered, and then ends', async () => {
    const answers = Promise.withResolvers<void>()
    const { told, stopped } = bench({ answers: () => answers.promise, cut: () => answers.resolve() })
    await stopped()
    expect(told).toEqual([
      'worked',
      'Some requests were not answered in time; their connections are cut off.',
      'closed',
    ])
  })

  it('leaves behind what does not end, within half a minute', async () => {
    const { told, clock, stopped } = bench({ answers: never, work: never, rest: never })
    await stopped()
    expect(told).toEqual([
      'Some requests were not answered in time; their connections are cut off.',
      'cut',
      'Not all work ended in time; it is left behind.',
      'Not everything could be closed in time.',
    ])
    expect(clock.now()).toBeLessThan(30_000)
  })

  it('gives an action less than it gives the work, and that less than half a minute', () => {
    expect(patience.action).toBeLessThan(patience.work)
    expect(patience.answers).toBeLessThan(patience.work)
    expect(patience.work + patience.rest).toBeLessThan(30_000)
  })

  it('closes the rest also when something fails on the way, and says what', async () => {
    const { told, stopped } = bench({ work: () => Promise.reject(new Error('disk full')) })
    await stopped()
    expect(told).toEqual(['answered', 'Failed while stopping: disk full', 'closed'])
  })
})
