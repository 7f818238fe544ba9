import { expect, it } from 'vitest'
import { isNewer } from './versions.ts'

it.each([
  ['1.31.0', '1.30.9', true],
  ['1.30.10', '1.30.9', true],
  ['v1.31', '1.30.0', true],
  ['1.30.0', '1.30.0', false],
  ['1.30', '1.30.0', false],
  ['1.30.0', '1.31.0', false],
  ['1.30.0-rc.1', '1.30.0', false],
  ['master', '1.30.0', false],
  ['', '1.30.0', false],
])('%s newer than %s: %s', (version, than, newer) => {
  expect(isNewer(version, than)).toBe(newer)
})
