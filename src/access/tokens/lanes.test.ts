import { expect, it } from 'vitest'
import { lanes } from './lanes.ts'

it('lets so many work at once, the others in the order they came, and refuses who would wait too long', async () => {
  const lane = lanes(2, 3)
  const begun: number[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const asked = Array.from({ length: 6 }, (_, number) =>
    lane.take(async () => {
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
  expect(await lane.take(async () => 'free again')).toBe('free again')
})
