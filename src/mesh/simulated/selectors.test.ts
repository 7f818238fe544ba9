import { expect, test } from 'vitest'
import { matches, parseSelector } from './selectors.ts'

const labels = { app: 'istiod', 'istio.io/rev': '1-31' }

test.each([
  ['app=istiod', true],
  ['app==istiod,istio.io/rev=1-30', false],
  ['app!=web', true],
  ['istio.io/rev in (1-30, 1-31)', true],
  ['istio.io/rev notin (1-31)', false],
  ['team notin (a)', true],
  ['istio.io/rev', true],
  ['!istio.io/rev', false],
  ['!team,app in (istiod)', true],
  ['', true],
])('%s', (text, expected) => {
  expect(matches(parseSelector(text), labels)).toBe(expected)
})

test('a selector that cannot be read is refused', () => {
  expect(() => parseSelector('a b c')).toThrow(expect.objectContaining({ kind: 'invalid' }))
})

test('an empty selector matches all, a label that is not there matches only its absence', () => {
  expect(matches({}, undefined)).toBe(true)
  expect(matches({ matchExpressions: [{ key: 'a', operator: 'In', values: ['x'] }] }, {})).toBe(false)
  expect(matches({ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x'] }] }, {})).toBe(true)
})
