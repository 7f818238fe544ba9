import { expect, it } from 'vitest'
import { few } from './few.ts'

it('tells all names while they are few, else the first ones and how many more', () => {
  expect(few([])).toEqual([])
  expect(few(['a', 'b', 'c'], 2)).toEqual(['a', 'b', 'c'])
  expect(few(['a', 'b', 'c', 'd'], 2)).toEqual(['a', 'b', 'and 2 more'])
})
