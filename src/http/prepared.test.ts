import { expect, it } from 'vitest'
import { preparing } from './prepared.ts'

it('writes an answer out once, and another one of the same content to the same bytes and the same ETag', () => {
  const prepared = preparing()
  const answer = { name: 'shöp' }
  const first = prepared(answer)
  expect(first.body.toString('utf8')).toBe('{"name":"shöp"}')
  expect(prepared(answer)).toBe(first)
  const other = prepared({ ...answer })
  expect(other.body).not.toBe(first.body)
  expect(other).toEqual(first)
  expect(prepared({ name: 'shop' }).etag).not.toBe(first.etag)
})
