import { expect, it } from 'vitest'
import { requestIds } from './request-id.ts'

it('is another one each time', () => {
  const ids = Array.from({ length: 1000 }, requestIds())
  expect(new Set(ids).size).toBe(1000)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
})
