import { expect, it } from 'vitest'
import { lanes } from './lanes.ts'

it('lets so many work at once, the others in the order they came, and refuses who would wait too long', async () => {
  const lane = lanes(2, 3, 3)
  const begun: number[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const asked = Array.from({ length: 6 }, (_, number) =>
    lane.take('here', async () => {
      begun.push(number)
      const end = Promise.withResolvers<void>()
      ends.push(end)
      await end.promise
      return number
    }),
  )
  await expect(asked[5]).rejects.toMatchObject({ kind: 'unavailable', code: 'access/busy', retryAfterMs: 1000 })
  expect(begun).toEqual([0, 1])
  ends[0]?.reject(new Error('failed'))
  await expect(asked[0]).rejects.toThrow('failed')
  expect(begun).toEqual([0, 1, 2])
  for (const number of [1, 2, 3, 4]) {
    ends[number]?.resolve()
    expect(await asked[number]).toBe(number)
  }
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(await lane.take('here', async () => 'free again')).toBe('free again')
})

it('takes turns between those who ask, and refuses whoever has too many that wait', async () => {
  const lane = lanes(1, 10, 3)
  const begun: string[] = []
  const ends: (() => void)[] = []
  const ask = (from: string, name: string) =>
    lane.take(from, async () => {
      begun.push(name)
      await new Promise<void>((resolve) => ends.push(resolve))
    })
  const asked = ['a1', 'a2', 'a3', 'a4'].map((name) => ask('a', name))
  await expect(ask('a', 'a5')).rejects.toMatchObject({ code: 'access/busy' })
  asked.push(ask('b', 'b1'), ask('c', 'c1'))
  for (const one of asked.keys()) {
    await expect.poll(() => ends.length).toBe(one + 1)
    ends[one]?.()
  }
  await Promise.all(asked)
  expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'a4'])
})
