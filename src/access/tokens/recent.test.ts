import { expect, it } from 'vitest'
import { recent } from './recent.ts'

it('remembers so many, and forgets first what was asked for longest ago', () => {
  const rows = recent<number>(2)
  rows.set('a', 1)
  rows.set('b', 2)
  expect(rows.get('a')).toBe(1)
  rows.set('c', 3)
  expect([rows.get('a'), rows.get('b'), rows.get('c')]).toEqual([1, undefined, 3])
  rows.set('a', 4)
  expect([rows.get('a'), rows.get('c')]).toEqual([4, 3])
})
