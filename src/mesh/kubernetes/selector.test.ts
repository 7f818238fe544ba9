import { expect, test } from 'vitest'
import { labelTest } from './selector.ts'

const labels = { app: 'istiod', 'istio.io/rev': '1-31', empty: '' }

test.each([
  ['app=istiod', true],
  ['app==istiod,istio.io/rev=1-30', false],
  ['app=istiod, istio.io/rev!=1-30', true],
  ['none!=x', true],
  ['empty=', true],
  ['istio.io/rev', true],
  ['!istio.io/rev', false],
  ['!istio.io/tag,app', true],
  ['istio.io/rev in (1-30, 1-31),app=istiod', true],
  ['istio.io/rev notin (1-31)', false],
  ['none notin (x)', true],
  ['none in (x)', false],
])('%s: %s', (selector, expected) => {
  expect(labelTest(selector)?.(labels)).toBe(expected)
})

test.each(['a>1', 'a=(b', '', 'a in b'])('"%s" is left to the server', (selector) => {
  expect(labelTest(selector)).toBeUndefined()
})
