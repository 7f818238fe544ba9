import { expect, test } from 'vitest'

// Node 20 starts most of this program's tools and then fails in odd places. This says it plainly, first.
test('the tests run on Node 24 or newer', () => {
  expect(Number.parseInt(process.versions.node, 10)).toBeGreaterThanOrEqual(24)
})
