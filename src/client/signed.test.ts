import { expect, it } from 'vitest'
import { authorizationFor } from '../contract/signing.ts'
import { client } from './client.ts'
import { signatureHeaders } from './signed.ts'

const now = (): number => Date.UTC(2026, 0, 2, 3, 4, 5)
const session = { accessKey: 'AK', secretKey: 'the-secret-key', projectId: 'p1', now }
const terms = { access: 'AK', secret: 'the-secret-key', date: '20260102T030405Z' }

it('adds the date, the project, the security token and a signature over them', () => {
  const request = { method: 'GET', target: '/v1/p1/x?a=1', body: '' }
  const headers = { 'x-project-id': 'p1', 'x-sdk-date': '20260102T030405Z', 'x-security-token': 't' }
  const signedHeaders = ['x-project-id', 'x-sdk-date', 'x-security-token']
  expect(signatureHeaders({ ...session, securityToken: 't' }, request)).toEqual({
    ...headers,
    authorization: authorizationFor({ ...request, headers, signedHeaders }, '', terms),
  })
})

it('makes two writes of two that look alike, and one of two reads', () => {
  const signed = (method: string) =>
    signatureHeaders(session, { method, target: '/v1/p1/x', body: '{}' })['authorization']
  expect(signed('POST')).not.toBe(signed('POST'))
  expect(signed('GET')).toBe(signed('GET'))
})

it('signs each call as it is sent, and carries no token', async () => {
  const sent: { readonly url: string; readonly init: RequestInit }[] = []
  const api = client(
    {
      baseUrl: 'http://127.0.0.1:1/',
      fetch: async (url, init) => {
        sent.push({ url, init })
        return Response.json({})
      },
    },
    session,
  )
  await api.listNotes({ mesh_upgrade_id: 'a b', query: { after: '3' } })
  await api.addCluster({ body: { name: 'prod', inCluster: true } })
  const expected = ['/meshlift/v1/p1/upgrades/a%20b/notes?after=3', '/meshlift/v1/p1/clusters']
  expect(sent.map(({ url }) => new URL(url).pathname + new URL(url).search)).toEqual(expected)
  for (const { url, init } of sent) {
    const headers = Object.fromEntries(new Headers(init.headers))
    const signedHeaders = (/SignedHeaders=([^,]+)/.exec(headers['authorization'] ?? '')?.[1] ?? '').split(';')
    expect(signedHeaders).toEqual(expect.arrayContaining(['x-project-id', 'x-sdk-date']))
    const { pathname, search } = new URL(url)
    const request = { method: init.method ?? '', target: pathname + search, headers, signedHeaders }
    expect(headers['authorization']).toBe(authorizationFor(request, (init.body ?? '') as string, terms))
    expect(headers).not.toHaveProperty('x-auth-token')
  }
  expect(JSON.stringify(sent)).not.toContain('the-secret-key')
})
