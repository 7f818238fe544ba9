import { expect, it } from 'vitest'
import { inTurn } from './in-turn.ts'

it('lets work of one key wait for what was asked before, also when that fails, and of another key not', async () => {
  const turn = inTurn()
  const told: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = turn('a', async () => {
    await gate.promise
    told.push('first of a')
    throw new Error('it fails')
  })
  const second = turn('a', async () => told.push('second of a'))
  await turn('b', async () => told.push('b'))
  gate.resolve()
  await expect(first).rejects.toThrow('it fails')
  await second
  await turn('a', async () => told.push('third of a'))
  expect(told).toEqual(['b', 'first of a', 'second of a', 'third of a'])
})
