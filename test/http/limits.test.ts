import { describe, expect, it } from 'vitest'
import { signatureHeaders } from '../../src/client/signed.ts'
import { login } from '../../src/client/login.ts'
import { handOut, harness } from './harness.ts'
import type { Harness } from './harness.ts'

const limited = (requestsPerMinute: number): Promise<Harness> =>
  harness(({ limits }) => ({ limits: { ...limits, requestsPerMinute } }))
const meshes = '/v1/PROJECT/meshes'
const many = async (count: number, work: () => Promise<{ readonly status: number }>) => {
  const statuses: number[] = []
  for (let index = 0; index < count; index += 1) statuses.push((await work()).status)
  return statuses
}

describe('requests a minute', () => {
  it('of a user are counted, and what is too many is refused with when to come again', async () => {
    const at = await limited(3)
    const ask = () => at.ask('GET', meshes)
    expect(await many(5, ask)).toEqual([200, 200, 200, 429, 429])
    const refused = await ask()
    expect(refused.body).toMatchObject({ error_code: 'APIGW.0308' })
    const after = Number(refused.headers.get('retry-after'))
    expect(after).toBeGreaterThan(0)
    expect(after).toBeLessThanOrEqual(60)
  })

  it('of one user, whatever it shows, do not use up those of another', async () => {
    const at = await limited(20)
    const key = await at.key()
    const target = `/v1/${handOut.projectId}/meshes`
    const signed = () =>
      at.ask('GET', target, undefined, {
        ...signatureHeaders(key, { method: 'GET', target, body: '' }),
        'x-auth-token': undefined,
      })
    const ada = await at.somebody({ name: 'ada', allow: ['asm:mesh:list'] })
    expect([...new Set(await many(12, () => at.ask('GET', meshes)))]).toEqual([200])
    expect((await many(9, signed)).slice(-2)).toEqual([200, 429])
    expect(await many(2, () => at.ask('GET', meshes, undefined, { 'x-auth-token': ada.token }))).toEqual([200, 200])
  })

  it('of an address are those that came from nobody known; who is known goes on', async () => {
    const at = await limited(4)
    const guess = () => at.ask('GET', meshes, undefined, { 'x-auth-token': 'guess' })
    // The log-in of the test itself was the first.
    expect(await many(5, guess)).toEqual([401, 401, 401, 429, 429])
    const where = { baseUrl: 'http://in-process', fetch: at.fetch }
    await expect(login(where, handOut)).rejects.toMatchObject({ status: 429 })
    expect(await many(1, () => at.ask('GET', meshes))).toEqual([200])
  })

  it('have a tenth of log-ins, for those who are known too', async () => {
    const at = await limited(20)
    const where = { baseUrl: 'http://in-process', fetch: at.fetch }
    // The log-in of the test itself was the first.
    await login(where, handOut)
    await expect(login(where, handOut)).rejects.toMatchObject({ status: 429 })
    expect(await many(1, () => at.ask('GET', meshes))).toEqual([200])
  })

  it('keep wrong signatures from being worked at', async () => {
    const at = await limited(3)
    const key = { ...(await at.key()), secretKey: 'wrong' }
    const target = `/v1/${handOut.projectId}/meshes`
    let worked = 0
    const signer = at.parts.access.signer.bind(at.parts.access)
    Object.assign(at.parts.access, {
      signer: (request: Parameters<typeof signer>[0]) => {
        worked += 1
        return signer(request)
      },
    })
    const wrong = () =>
      at.ask('GET', target, undefined, {
        ...signatureHeaders(key, { method: 'GET', target, body: '' }),
        'x-auth-token': undefined,
      })
    expect(await many(6, wrong)).toEqual([401, 401, 429, 429, 429, 429])
    expect(worked).toBe(3)
  })

  it('are not counted when there is no limit', async () => {
    const at = await limited(0)
    expect(new Set(await many(50, () => at.ask('GET', meshes)))).toEqual(new Set([200]))
  })
})

describe('a body', () => {
  it.each([
    ['nested deeper than 64 levels', `${'['.repeat(65)}${']'.repeat(65)}`, 'nested'],
    ['nested endlessly', '['.repeat(5_000_000), 'nested'],
    ['that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1'), 'JSON'],
    ['cut off', '{"name":', 'not valid JSON'],
    ['made of more parts than anybody needs', `[${'[],'.repeat(50_000)}[]]`, 'more than 100000 parts'],
    ['made of too many members', `{${'"a":0,'.repeat(100_001)}"b":0}`, 'more than 100000 parts'],
  ])('%s is refused', async (_, body, says) => {
    const at = await limited(0)
    const answer = await at.ask('POST', '/meshlift/v1/iam/groups', body)
    expect(answer).toMatchObject({ status: 400, body: { problem: 'http/invalid-body' } })
    expect(answer.body.errorMsg).toContain(says)
  })

  it('that is not UTF-8 is refused although its bytes would do as another text', async () => {
    const at = await limited(0)
    const answer = await at.app.inject({
      method: 'POST',
      url: '/meshlift/v1/iam/groups',
      headers: { 'x-auth-token': at.session.token, 'content-type': 'application/json' },
      payload: Buffer.from('{"name":"ops\u00e9"}', 'latin1'),
    })
    expect([answer.statusCode, answer.json<{ errorMsg: string }>().errorMsg]).toEqual([400, 'The body is not UTF-8.'])
  })

  it.each([
    ['commas in texts', `{"name":"ops","more":"${','.repeat(200_000)}"}`],
    ['brackets in texts', `{"name":"ops","more":"${'['.repeat(100)}\\"${'{'.repeat(100)}"}`],
    ['a text called constructor', '{"name":"ops","constructor":"ada"}'],
  ])('with %s is read without that', async (_, body) => {
    const at = await limited(0)
    expect(await at.ask('POST', '/meshlift/v1/iam/groups', body)).toMatchObject({ status: 201, body: { name: 'ops' } })
  })

  it.each([
    ['__proto__', '{"name":"ops","__proto__":{"name":"other"}}'],
    ['__proto__', '{"name":"ops","\\u005f_proto__":{"name":"other"}}'],
    ['constructor', '{"name":"ops","constructor":{"prototype":{"name":"other"}}}'],
    // Passed over, it would leave a statement that allows without a condition.
    [
      'constructor',
      '{"name":"ops","document":{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["asm:mesh:get"],"Condition":{"constructor":{"g:UserName":["ada"]}}}]}}',
    ],
  ])('with a member %s is refused: %s', async (member, body) => {
    const at = await limited(0)
    for (const path of ['groups', 'policies'])
      expect(await at.ask('POST', `/meshlift/v1/iam/${path}`, body)).toMatchObject({
        status: 400,
        body: { errorMsg: `The body is not accepted with a member ${member}.` },
      })
  })
})
