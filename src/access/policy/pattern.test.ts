import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isEverything, pattern } from './pattern.ts'

const exact = { one: true, ignoreCase: false }

it.each([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['a*', 'a', true],
  ['a*c', 'abbc', true],
  ['a*c', 'abcb', false],
  ['*b*', 'abc', true],
  ['*ab', 'aab', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['?', '', false],
  ['a.c', 'abc', false],
  ['A', 'a', false],
])('%j against %j is %j', (written, text, expected) => {
  expect(pattern(written, exact)(text)).toBe(expected)
})

it('takes ? as itself where it is not asked for, and ignores case where it is', () => {
  expect(pattern('a?', { one: false, ignoreCase: false })('ab')).toBe(false)
  expect(pattern('a?', { one: false, ignoreCase: false })('a?')).toBe(true)
  expect(pattern('A*', { one: false, ignoreCase: true })('aB')).toBe(true)
  expect(pattern('Ab', { one: false, ignoreCase: true })('aB')).toBe(true)
})

it('is the same as a regular expression', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(patterns, texts, (written, text) => {
      const expected = new RegExp(`^${written.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text)
      expect(pattern(written, exact)(text)).toBe(expected)
    }),
    { numRuns: 5000 },
  )
})

it('does not take longer and longer for stars that nearly fit', () => {
  const looks = { written: '*a'.repeat(1000) + 'b', text: 'a'.repeat(6000) }
  // By backtracking over all stars this is more steps than there are atoms; here it is some millions.
  expect(pattern(looks.written, exact)(looks.text)).toBe(false)
})

it('knows what is everything', () => {
  expect(['*', '**', '', '?*', 'a*'].map(isEverything)).toEqual([true, true, false, false, false])
})
