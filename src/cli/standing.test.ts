import { expect, test } from 'vitest'
import { exitCodeAt, isOver, standingOf } from './standing.ts'

test.each([
  ['Init', 'Queuing', 'working', 8],
  ['Running', 'Running', 'working', 8],
  ['Pending', 'Success', 'your turn', 0],
  ['Pending', 'Pause', 'held', 8],
  ['Pending', 'Failed', 'failed', 9],
  ['Success', 'Success', 'succeeded', 0],
  ['Failed', 'Failed', 'failed', 9],
  ['RollingBack', 'Running', 'working', 8],
  ['RollingBack', 'Pause', 'held', 8],
  ['RolledBack', 'Success', 'rolled back', 9],
  ['RollbackFailed', 'Failed', 'failed', 9],
  ['Cancel', 'Pause', 'abandoned', 9],
] as const)('%s, %s is %s and ends with %i', (state, phase, standing, exitCode) => {
  const upgrade = { state, phase, step: 'DataPlaneUpgrade' } as const
  expect(standingOf(upgrade)).toBe(standing)
  expect(exitCodeAt(upgrade)).toBe(exitCode)
  expect(isOver(upgrade)).toBe(['succeeded', 'rolled back', 'abandoned'].includes(standing))
})

test('a check that failed blocks', () => {
  expect(exitCodeAt({ state: 'Pending', phase: 'Failed', step: 'PreCheck' })).toBe(6)
})
