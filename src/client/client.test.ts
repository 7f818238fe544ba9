import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { client } from './client.ts'
import { login } from './login.ts'
import type { Fetch } from './transport.ts'

interface Sent {
  readonly url: string
  readonly init: RequestInit
}

/** Answers in order, and remembers what was sent. */
function answering(...answers: readonly (() => Response)[]): { readonly fetch: Fetch; readonly sent: Sent[] } {
  const sent: Sent[] = []
  return {
    sent,
    fetch: async (url, init) => {
      const answer = answers[sent.length]
      sent.push({ url, init })
      if (!answer) throw new Error('asked once too often')
      return answer()
    },
  }
}

const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) =>
  Response.json(body, { status, headers })
const session = { token: 'secret-token', projectId: 'p1' }
const clientOf = (fetch: Fetch) => client({ baseUrl: 'http://127.0.0.1:1/', fetch }, session)

describe('a call', () => {
  it('that is led elsewhere does not go there: a token would go along', async () => {
    const seen: (string | undefined)[] = []
    const server = createServer((request, response) => {
      seen.push(request.url)
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const asking = client({ baseUrl: `http://127.0.0.1:${port}`, fetch: (url, init) => fetch(url, init) }, session)
    await expect(asking.listMeshes()).rejects.toMatchObject({ status: 307, code: 'client/not-ours' })
    server.close()
    expect(seen).toEqual(['/v1/p1/meshes'])
  })

  it.each([[''], ['.'], ['..']])('with %j as an id is not sent: it would ask for something else', async (id) => {
    const { fetch, sent } = answering(() => json({}))
    const asked = clientOf(fetch).leaveGroup({ group_id: 'g1', user_id: id })
    await expect(asked).rejects.toMatchObject({ code: 'client/no-id' })
    expect(sent).toEqual([])
  })

  it('is written from the table: path, query, body and token', async () => {
    const { fetch, sent } = answering(
      () => json({ items: [] }),
      () => json({}, 201),
    )
    await clientOf(fetch).listNotes({ mesh_upgrade_id: 'a/b c', query: { after: '3' } })
    await clientOf(fetch).addCluster({ body: { name: 'prod', inCluster: true } })
    expect(sent[0]).toMatchObject({
      url: 'http://127.0.0.1:1/meshlift/v1/p1/upgrades/a%2Fb%20c/notes?after=3',
      init: { method: 'GET', headers: { 'x-auth-token': 'secret-token' } },
    })
    expect(sent[0]?.init).not.toHaveProperty('body')
    expect(sent[1]).toMatchObject({
      url: 'http://127.0.0.1:1/meshlift/v1/p1/clusters',
      init: {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"name":"prod","inCluster":true}',
      },
    })
  })

  it('remembers an answer with an ETag and gives it again for 304', async () => {
    const { fetch, sent } = answering(
      () => json({ kind: 'Job', n: 1 }, 200, { etag: '"1"' }),
      () => new Response(null, { status: 304 }),
      () => json({ kind: 'Job', n: 2 }, 200, { etag: '"2"' }),
      () => json({ kind: 'Job', n: 3 }, 200, { etag: '"3"' }),
    )
    const api = clientOf(fetch)
    const first = await api.getJob({ job_id: 'j' })
    expect(await api.getJob({ job_id: 'j' })).toEqual(first)
    expect(await api.getJob({ job_id: 'j' })).toMatchObject({ n: 2 })
    await api.getJob({ job_id: 'other' })
    expect(sent.map(({ init }) => new Headers(init.headers).get('if-none-match'))).toEqual([null, '"1"', '"1"', null])
  })

  it('forgets the answers that were not asked for of late', async () => {
    const { fetch, sent } = answering(...Array.from({ length: 34 }, () => () => json({}, 200, { etag: '"1"' })))
    const api = clientOf(fetch)
    for (let id = 0; id < 33; id++) await api.getJob({ job_id: String(id) })
    await api.getJob({ job_id: '0' })
    expect(new Headers(sent.at(-1)?.init.headers).get('if-none-match')).toBeNull()
  })
})

describe('a refusal', () => {
  it.each([
    [
      { errorCode: 'ASM.01010002', errorMsg: 'No mesh x.', problem: 'meshes/unknown' },
      { status: 404, code: 'meshes/unknown', message: 'No mesh x.', requestId: 'r1', retryAfterMs: 3000 },
    ],
    [
      { errorCode: 'ASM.01010002', errorMsg: 'No mesh x.' },
      { code: 'ASM.01010002', message: 'No mesh x.' },
    ],
    [
      { error_code: 'APIGW.0101', error_msg: 'No API.' },
      { code: 'APIGW.0101', message: 'No API.' },
    ],
    ['<html>', { code: 'client/not-ours', message: 'The server answered 404 without a reason.' }],
  ])('%j tells %o', async (body, expected) => {
    const { fetch } = answering(() => json(body, 404, { 'x-request-id': 'r1', 'retry-after': '3' }))
    await expect(clientOf(fetch).listMeshes()).rejects.toMatchObject({ name: 'Refused', ...expected })
  })

  it('names the address when nobody answers, and never the token', async () => {
    const down: Fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }))
    const refusal: unknown = await clientOf(down)
      .listMeshes()
      .catch((thrown: unknown) => thrown)
    expect(refusal).toMatchObject({
      status: 0,
      code: 'client/unreachable',
      message: 'No answer from http://127.0.0.1:1/ (ECONNREFUSED). Is the server running?',
    })
    expect(String(refusal)).not.toContain(session.token)
  })

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'name it with --ca-file FILE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for other names'],
    ['CERT_HAS_EXPIRED', 'has expired'],
  ])('tells a certificate that is not trusted from a server that is not there: %s', async (code, text) => {
    const wrong: Fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) }))
    await expect(clientOf(wrong).listMeshes()).rejects.toMatchObject({
      code: 'client/untrusted',
      message: expect.stringContaining(text),
    })
  })

  it('is said of a server that is not ours', async () => {
    const { fetch } = answering(() => new Response('hello'))
    await expect(clientOf(fetch).listMeshes()).rejects.toMatchObject({ code: 'client/not-ours' })
  })

  it('is not made of a call that was given up', async () => {
    const given = AbortSignal.abort(new Error('ctrl-c'))
    const fetch: Fetch = (_, init) => Promise.reject(init.signal?.reason as Error)
    await expect(clientOf(fetch).listMeshes({}, given)).rejects.toThrow('ctrl-c')
  })
})

describe('logging in', () => {
  const who = { user: 'u', password: 'p', domain: 'd', projectName: 'n', projectId: 'p1' }

  it('asks for the project and takes the token from the header', async () => {
    const { fetch, sent } = answering(() =>
      json({ token: { project: { id: 'p1' } } }, 201, { 'x-subject-token': 'secret-token' }),
    )
    expect(await login({ baseUrl: 'http://x', fetch }, who)).toEqual(session)
    expect(JSON.parse(sent[0]?.init.body as string)).toMatchObject({
      auth: { identity: { password: { user: { name: 'u', password: 'p' } } }, scope: { project: { id: 'p1' } } },
    })
  })

  it('takes nothing for a token that is none', async () => {
    const { fetch } = answering(() => json({ token: {} }, 201))
    await expect(login({ baseUrl: 'http://x', fetch }, who)).rejects.toMatchObject({ code: 'client/not-ours' })
  })
})
