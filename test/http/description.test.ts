import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fetchFrom } from '../../src/http/in-process.ts'
import { harness } from './harness.ts'

// No fetch that holds answers against the contract: the description is not a route of the table.
const asking = async (limit = 0) => {
  const at = await harness(({ limits }) => ({ limits: { ...limits, requestsPerMinute: limit } }))
  const ask = fetchFrom(at.app)
  return { at, get: (headers: Record<string, string> = {}) => ask('http://in-process/openapi.json', { headers }) }
}

it('the API is described to anybody, as the reference has it', async () => {
  const { get } = await asking()
  const answer = await get()
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
  expect(await answer.json()).toEqual(JSON.parse(readFileSync('docs/reference/openapi.json', 'utf8')))
})

it('who has the description already gets no body', async () => {
  const { get } = await asking()
  const etag = (await get()).headers.get('etag') ?? ''
  const again = await get({ 'if-none-match': etag })
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
  expect((await get({ 'if-none-match': '"another"' })).status).toBe(200)
})

it('the description is for nobody in particular: credentials are not looked at', async () => {
  const { at, get } = await asking()
  expect((await get({ 'x-auth-token': 'guess' })).status).toBe(200)
  expect((await get({ authorization: 'Bearer abc' })).status).toBe(200)
  // What is not there still does not say so to somebody who is not known.
  expect((await at.ask('GET', '/openapi.yaml', undefined, { 'x-auth-token': undefined })).status).toBe(401)
})

it('asking for the description counts, as everything that an address asks for does', async () => {
  const { get } = await asking(2)
  // The log-in of the test was the first.
  expect([(await get()).status, (await get()).status]).toEqual([200, 429])
})
