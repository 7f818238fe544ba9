import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { taskListeners } from './listeners.ts'
import { remembered } from './remembered.ts'
import type { Worked } from './remembered.ts'

/** Tasks are numbers that grow; what is worked out of one is a text that tells its number. */
function bed(atMost = 100) {
  const { watch, tell } = taskListeners()
  const numbers = new Map<string, number>()
  let works = 0
  const memory = remembered<string>({ watch }, atMost)
  const now = (task: string): string => `${task} ${numbers.get(task) ?? 0}`
  return {
    now,
    works: () => works,
    change: (task: string): void => {
      numbers.set(task, (numbers.get(task) ?? 0) + 1)
      tell(task)
    },
    /** @param until what the work waits for after it has looked */
    ask: async (key: string, task: string, until: Promise<void> = Promise.resolve(), weight = 1): Promise<string> =>
      memory.of(key, async (): Promise<Worked<string>> => {
        works += 1
        const value = now(task)
        await until
        return { task, value, weight }
      }),
    known: (key: string) => memory.known(key),
  }
}

const gate = (): { readonly opened: Promise<void>; readonly open: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

describe('what was worked out from a task', () => {
  it('is worked out once, until that task changes and no other', async () => {
    const { ask, works, change } = bed()
    await ask('job', 'a')
    change('b')
    expect(await ask('job', 'a')).toBe('a 0')
    expect(works()).toBe(1)
    change('a')
    expect(await ask('job', 'a')).toBe('a 1')
    expect(works()).toBe(2)
  })

  it('is not kept when its task changed after it was looked at', async () => {
    const { ask, change, known } = bed()
    const { opened, open } = gate()
    const early = ask('job', 'a', opened)
    change('a')
    open()
    expect(await early).toBe('a 0')
    expect(known('job')).toBeUndefined()
    expect(await ask('job', 'a')).toBe('a 1')
  })

  it('is forgotten under all its keys', async () => {
    const { ask, change } = bed()
    await ask('upgrade', 'a')
    await ask('job', 'a')
    change('a')
    expect(await ask('upgrade', 'a')).toBe('a 1')
    expect(await ask('job', 'a')).toBe('a 1')
  })

  it('is worked out once for all who ask at the same time, but for those who come after a change', async () => {
    const { ask, change, works } = bed()
    const [first, second] = [gate(), gate()]
    const early = [ask('job', 'a', first.opened), ask('job', 'a', first.opened)]
    change('a')
    const late = [ask('job', 'a', second.opened)]
    first.open()
    expect(await Promise.all(early)).toEqual(['a 0', 'a 0'])
    late.push(ask('job', 'a', second.opened))
    second.open()
    expect(await Promise.all(late)).toEqual(['a 1', 'a 1'])
    expect(await ask('job', 'a')).toBe('a 1')
    expect(works()).toBe(2)
  })

  it('that failed is asked for again, and fails for everybody who waited', async () => {
    const { watch } = taskListeners()
    const memory = remembered<string>({ watch }, 10)
    const failing = (): Promise<never> => Promise.reject(new Error('The disk is gone.'))
    const both = await Promise.allSettled([memory.of('job', failing), memory.of('job', failing)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await memory.of('job', async () => ({ task: 'a', value: 'there', weight: 1 }))).toBe('there')
  })

  it('is kept up to a weight: what nobody asked for the longest goes, what is heavier than all never comes', async () => {
    const { ask, known } = bed(10)
    await ask('one', 'a', undefined, 5)
    await ask('two', 'a', undefined, 5)
    await ask('one', 'a')
    await ask('three', 'b', undefined, 1)
    expect([known('one'), known('two'), known('three')]).toEqual(['a 0', undefined, 'b 0'])
    await ask('giant', 'c', undefined, 11)
    expect([known('one'), known('giant'), known('three')]).toEqual(['a 0', undefined, 'b 0'])
  })
})

const keys = ['a1', 'a2', 'b1', 'b2', 'c1'] as const
const step = fc.oneof(
  fc.record({ do: fc.constant('ask' as const), key: fc.constantFrom(...keys), weight: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('change' as const), task: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ do: fc.constant('finish' as const), which: fc.nat(5) }),
)

describe('in whatever order things happen', () => {
  it('nobody gets what was overtaken before he asked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), async (steps, atMost) => {
        const { ask, change, now } = bed(atMost)
        const open: (() => void)[] = []
        const asked: Promise<boolean>[] = []
        for (const one of steps) {
          if (one.do === 'change') change(one.task)
          else if (one.do === 'finish') {
            open.splice(one.which, 1)[0]?.()
            // Whoever waited goes on and may keep what it has, before the next thing happens.
            for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
          } else {
            const task = one.key.slice(0, 1)
            const least = now(task)
            const { opened, open: finish } = gate()
            open.push(finish)
            const answer = ask(one.key, task, opened, one.weight)
            asked.push(answer.then((got) => numberIn(got) >= numberIn(least)))
          }
        }
        for (const finish of open) finish()
        expect(await Promise.all(asked)).not.toContain(false)
        for (const key of keys) expect(await ask(key, key.slice(0, 1))).toBe(now(key.slice(0, 1)))
      }),
    )
  })
})

const numberIn = (text: string): number => Number(text.split(' ')[1])
