import { expect, it } from 'vitest'
import { etagOf, matches } from './etag.ts'

it('is equal for equal bytes only', () => {
  expect(etagOf('{"a":1}')).toBe(etagOf('{"a":1}'))
  expect(etagOf('{"a":1}')).not.toBe(etagOf('{"a":2}'))
  expect(etagOf('')).toMatch(/^"[\w-]{27}"$/)
})

it.each([
  [undefined, false],
  ['', false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ['"b"', false],
  ['a', false],
  ['*', true],
])('If-None-Match: %s matches "a": %s', (header, expected) => {
  expect(matches(header, '"a"')).toBe(expected)
})
