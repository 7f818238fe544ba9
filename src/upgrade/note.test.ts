import { expect, it } from 'vitest'
import type { Action } from './actions.ts'
import { actionLines } from './note.ts'
import { east } from './testing/facts.ts'

const clear = (count: number): readonly Action[] =>
  Array.from({ length: count }, (_, index) => ({ do: 'clear-release', cluster: east, release: `r${index}` }))

it('tells each action, and of a long list how many more there are', () => {
  expect(actionLines(clear(2))).toEqual(['clear-release r0', 'clear-release r1'])
  const long = actionLines(clear(1000))
  expect(long).toHaveLength(51)
  expect(long.at(-1)).toBe('and 950 more')
})
