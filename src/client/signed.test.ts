import { expect, it } from 'vitest'
import { authorizationFor } from '../contract/signing.ts'
import { client } from './client.ts'
import { signatureHeaders } from './signed.ts'

const now = (): number => Date.UTC(2026, 0, 2, 3, 4, 5)
const session = { accessKey: 'AK', secretKey: 'the-secret-key', projectId: 'p1', now }

it('adds the date, the project, the security token and a signature over them', () => {
  const request = { method: 'PUT', target: '/v1/p1/x?a=1', body: '{}' }
  const headers = { 'x-project-id': 'p1', 'x-sdk-date': '20260102T030405Z', 'x-security-token': 't' }
  const signedHeaders = ['x-project-id', 'x-sdk-date', 'x-security-token']
  const terms = { access: 'AK', secret: 'the-secret-key', date: '20260102T030405Z' }
  expect(signatureHeaders({ ...session, securityToken: 't' }, request)).toEqual({
    ...headers,
    authorization: authorizationFor({ ...request, headers, signedHeaders }, '{}', terms),
  })
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
  const [read, write] = sent.map(({ init }) => new Headers(init.headers))
  expect(read?.get('x-auth-token')).toBeNull()
  expect(read?.get('authorization')).toBe(
    signatureHeaders(session, { method: 'GET', target: '/meshlift/v1/p1/upgrades/a%20b/notes?after=3', body: '' })[
      'authorization'
    ],
  )
  expect(write?.get('authorization')).toBe(
    signatureHeaders(session, {
      method: 'POST',
      target: '/meshlift/v1/p1/clusters',
      body: '{"name":"prod","inCluster":true}',
    })['authorization'],
  )
  expect(JSON.stringify(sent)).not.toContain('the-secret-key')
})
