import { describe, expect, it } from 'vitest'
import type { Parts } from '../../src/http/parts.ts'
import { Problem } from '../../src/lib/problem.ts'
import type { ProblemKind } from '../../src/lib/problem.ts'
import { handOut, harness } from './harness.ts'

const failing = (thrown: unknown) => (made: Parts) => ({
  upgrades: {
    ...made.upgrades,
    get: () => Promise.reject(thrown),
    meshOf: () => Promise.reject(thrown),
    describe: () => Promise.reject(thrown),
  },
})

describe('a problem of kind', () => {
  it.each([
    ['invalid', 400, 'ASM.01010001', 400],
    ['forbidden', 403, 'ASM.01000002', 403],
    ['not-found', 404, 'ASM.01010002', 404],
    ['conflict', 409, 'ASM.01010003', 409],
    ['blocked', 409, 'ASM.01010003', 422],
    ['rejected', 409, 'ASM.01010003', 502],
    ['unavailable', 500, 'ASM.01040001', 503],
    ['timeout', 500, 'ASM.01040001', 504],
    ['lease-lost', 500, 'ASM.01040001', 503],
    ['aborted', 500, 'ASM.01040001', 503],
  ] satisfies readonly (readonly [ProblemKind, number, string, number])[])(
    '%s is %i %s on documented routes and %i on ours',
    async (kind, status, code, ourStatus) => {
      const text = 'A reason that people read.'
      const at = await harness(failing(new Problem({ kind, code: 'test/why', text, retryAfterMs: 1200 })))
      const documented = await at.ask('GET', '/v1/PROJECT/mesh-upgrade/x')
      expect(documented).toMatchObject({ status, body: { errorCode: code, problem: 'test/why' } })
      expect(documented.headers.get('retry-after')).toBe('2')
      const ours = await at.ask('GET', '/meshlift/v1/PROJECT/upgrades/x')
      expect(ours.status).toBe(ourStatus)
      expect([documented.body.errorMsg, ours.body.errorMsg]).toEqual([text, text])
      expect(
        at
          .logged()
          .split('\n')
          .filter((line) => line.includes('A request failed.')),
      ).toHaveLength(Number(status >= 500) + Number(ourStatus >= 500))
    },
  )
})

it.each([
  ['/v1/PROJECT/mesh-upgrade/x', new TypeError('reading password of undefined')],
  ['/meshlift/v1/PROJECT/upgrades/x', new TypeError('reading password of undefined')],
  ['/v1/PROJECT/mesh-upgrade/x', new Problem({ kind: 'bug', code: 'test/bug', text: 'reading password of undefined' })],
])('%s tells nothing of a bug but where to find it', async (path, thrown) => {
  const at = await harness(failing(thrown))
  const answer = await at.ask('GET', path)
  const id = answer.headers.get('x-request-id') ?? ''
  expect(answer).toMatchObject({ status: 500, body: { errorMsg: `Internal error. The log has it as ${id}.` } })
  expect(at.logged()).toContain(id)
  expect(at.logged()).toContain('reading password of undefined')
})

it('keeps a message within 512 characters', async () => {
  const at = await harness(failing(new Problem({ kind: 'invalid', code: 'test/long', text: '\u{1f40b}'.repeat(400) })))
  const { body } = await at.ask('GET', '/v1/PROJECT/mesh-upgrade/x')
  expect(body.errorMsg.length).toBeLessThanOrEqual(512)
  expect(body.errorMsg.endsWith('…')).toBe(true)
})

describe('the gate', () => {
  it('answers 404 for a route that is not there', async () => {
    const at = await harness()
    for (const path of ['/', '/v1/PROJECT', '/v1/PROJECT/mesh-upgrades', '/v2/PROJECT/meshes'])
      expect(await at.ask('GET', path)).toMatchObject({ status: 404, body: { error_code: 'APIGW.0101' } })
  })

  it('answers 405 for a method that is not offered, naming those that are', async () => {
    const at = await harness()
    const answer = await at.ask('PATCH', '/v1/PROJECT/mesh-upgrade/x', {})
    expect(answer).toMatchObject({ status: 405, body: { error_code: 'APIGW.0101' } })
    expect(answer.headers.get('allow')).toBe('GET, PUT, DELETE')
    expect((await at.ask('GET', '/v1/PROJECT/mesh-upgrade')).headers.get('allow')).toBe('POST')
  })

  it.each([['text/plain'], ['application/xml'], ['application/x-www-form-urlencoded']])(
    'answers 415 for %s',
    async (type) => {
      const at = await harness()
      const answer = await at.ask('POST', '/v1/PROJECT/mesh-upgrade', '{}', { 'content-type': type })
      expect(answer).toMatchObject({ status: 415, body: { error_code: 'APIGW.0201' } })
    },
  )

  it.each([
    ['application/json; charset=latin1', {}],
    ['application/json; charset=utf-16', {}],
    ['application/jsonp', {}],
    ['', {}],
    ['nonsense', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('answers 415 for Content-Type %j with %j', async (type, more) => {
    const at = await harness()
    const answer = await at.ask('POST', '/v1/PROJECT/mesh-upgrade', '{}', { 'content-type': type, ...more })
    expect(answer).toMatchObject({ status: 415, body: { error_code: 'APIGW.0201' } })
  })

  it.each([['application/json;charset=utf8'], ['application/json; charset="UTF-8"'], ['Application/JSON']])(
    'takes %s',
    async (type) => {
      const at = await harness()
      const answer = await at.ask('POST', '/v1/PROJECT/mesh-upgrade', '{}', { 'content-type': type })
      expect(answer).toMatchObject({ status: 400, body: { problem: 'http/invalid-body' } })
    },
  )

  it('answers 413 for more than 12 MiB, and reads as much', async () => {
    const at = await harness()
    const text = (length: number) => `"${'x'.repeat(length - 2)}"`
    const answer = await at.ask('POST', '/v1/PROJECT/mesh-upgrade', text(12 * 1_048_576 + 1))
    expect(answer).toMatchObject({ status: 413, body: { error_code: 'APIGW.0201' } })
    expect(await at.ask('POST', '/v1/PROJECT/mesh-upgrade', text(12 * 1_048_576))).toMatchObject({ status: 400 })
  })

  it('answers 413 for more than 64 KiB from whoever need not be known', async () => {
    const at = await harness()
    const text = (length: number) => `"${'x'.repeat(length - 2)}"`
    const ask = (method: string, path: string, length: number) =>
      at.ask(method, path, text(length), { 'x-auth-token': undefined })
    expect(await ask('POST', '/v3/auth/tokens', 65_537)).toMatchObject({
      status: 413,
      body: { error_code: 'APIGW.0201', error_msg: expect.stringContaining('64 KiB') as string },
    })
    expect(await ask('POST', '/v3/auth/tokens', 65_536)).toMatchObject({ status: 400 })
    expect(await at.app.inject({ method: 'GET', url: '/openapi.json', payload: text(65_537) })).toMatchObject({
      statusCode: 413,
    })
  })

  it.each([
    ['text/html', 406],
    ['application/json;q=0', 406],
    ['text/event-stream', 406],
    ['application/xml, text/plain;q=0.5', 406],
    ['text/html, application/json;q=0.1', 200],
    ['application/*', 200],
    ['text/html, */*;q=0.1', 200],
    ['*/*', 200],
    ['', 200],
  ])('answers Accept: %s with %i', async (accept, status) => {
    const at = await harness()
    const answer = await at.ask('GET', '/v1/PROJECT/meshes', undefined, { accept })
    expect([answer.status, answer.body.error_code]).toEqual([status, status === 406 ? 'APIGW.0201' : undefined])
  })

  it('answers 414 for a target over 32 KiB and 494 for headers over 32 KiB or 128 KiB together', async () => {
    const at = await harness()
    const length = (count: number) => 'x'.repeat(count)
    const path = '/v1/PROJECT/meshes?y='
    const rest = 32 * 1024 - path.length - (32 - 'PROJECT'.length)
    expect(await at.ask('GET', path + length(rest))).toMatchObject({ status: 200 })
    expect(await at.ask('GET', path + length(rest + 1))).toMatchObject({
      status: 414,
      body: { error_code: 'APIGW.0201' },
    })
    const large = { 'x-a': length(32 * 1024) }
    expect(await at.ask('GET', '/v1/PROJECT/meshes', undefined, large)).toMatchObject({
      status: 494,
      body: { error_code: 'APIGW.0201' },
    })
    const four = { 'x-a': length(32_000), 'x-b': length(32_000), 'x-c': length(32_000), 'x-d': length(32_000) }
    expect(await at.ask('GET', '/v1/PROJECT/meshes', undefined, four)).toMatchObject({ status: 200 })
    const five = { ...four, 'x-e': length(32_000) }
    expect(await at.ask('GET', '/v1/PROJECT/meshes', undefined, five)).toMatchObject({ status: 494 })
  })

  it.each([[100], [101], [5000]])('calls an id of %i characters unknown', async (length) => {
    const at = await harness()
    const answer = await at.ask('GET', `/v1/PROJECT/mesh-upgrade/${'a'.repeat(length)}`)
    expect(answer).toMatchObject({ status: 404, body: { errorCode: 'ASM.01010002' } })
  })

  it('takes a slash at the end', async () => {
    const at = await harness()
    expect(await at.ask('GET', '/v1/PROJECT/meshes/')).toMatchObject({ status: 200 })
    expect((await at.ask('PUT', '/v1/PROJECT/meshes/', {})).headers.get('allow')).toBe('POST, GET')
  })

  it.each([['HEAD'], ['OPTIONS'], ['PATCH'], ['TRACE']])('offers no %s, and asks who it is before', async (method) => {
    const at = await harness()
    const path = `/v1/${handOut.projectId}/meshes`
    const asked = (headers: Readonly<Record<string, string>>) =>
      at.app.inject({ method: method as 'HEAD', url: path, headers })
    expect((await asked({})).statusCode).toBe(401)
    const answer = await asked({ 'x-auth-token': at.session.token })
    expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST, GET'])
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
  })

  it('says in every answer that it is data which nobody else may keep or show', async () => {
    const at = await harness()
    const answers = [
      await at.ask('GET', '/v1/PROJECT/meshes'),
      await at.ask('GET', '/nowhere'),
      await at.ask('GET', '/v1/PROJECT/mesh-upgrade/%E0%A4%A'),
      await at.ask('GET', '/v1/PROJECT/meshes', undefined, { 'x-auth-token': 'wrong' }),
    ]
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    }
  })

  it('answers 400 for a path that cannot be read', async () => {
    const at = await harness()
    const answer = await at.ask('GET', '/v1/PROJECT/mesh-upgrade/%E0%A4%A')
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'APIGW.0201' } })
  })

  it('takes a Content-Type on requests without a body, as published clients send it', async () => {
    const at = await harness()
    const type = { 'content-type': 'application/json' }
    expect((await at.ask('GET', '/v1/PROJECT/meshes', undefined, type)).status).toBe(200)
    expect((await at.ask('DELETE', '/v1/PROJECT/meshes/x', undefined, type)).status).toBe(404)
  })
})
