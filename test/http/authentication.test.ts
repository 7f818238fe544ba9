import { describe, expect, it } from 'vitest'
import { client } from '../../src/client/client.ts'
import { signatureHeaders } from '../../src/client/signed.ts'
import type { SigningSession, Unsigned } from '../../src/client/signed.ts'
import { handOut, harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { upgradeBody, withMesh } from './samples.ts'

const meshes = `/v1/${handOut.projectId}/meshes`
const groups = '/meshlift/v1/iam/groups'

/** Sends something, signed as if it were something else. */
async function signedAs(
  at: Harness,
  key: SigningSession,
  signed: Unsigned,
  sent: Partial<Unsigned> & { readonly headers?: Readonly<Record<string, string>> } = {},
) {
  const { method, target, body } = { ...signed, ...sent }
  const headers = { ...signatureHeaders(key, signed), 'content-type': 'application/json', ...sent.headers }
  const answer = await at.app.inject({
    method: method as 'GET',
    url: target,
    headers,
    ...(body === '' ? {} : { payload: body }),
  })
  return { status: answer.statusCode, body: answer.json() as Record<string, unknown>, headers: answer.headers }
}

describe('a request that says who it is from', () => {
  it.each([
    ['nothing', {}, 'x-auth-token'],
    ['a token that nobody gave', { 'x-auth-token': 'guess' }, 'token'],
    ['another scheme', { authorization: 'Bearer abc' }, 'Authorization'],
    ['an empty scheme', { authorization: '' }, 'Authorization'],
  ])('by %s is refused, also on a route that is not there', async (_, headers, says) => {
    const at = await harness()
    for (const path of [meshes, '/nowhere']) {
      const answer = await at.ask('GET', path, undefined, { 'x-auth-token': undefined, ...headers })
      expect(answer).toMatchObject({ status: 401, body: { error_code: 'APIGW.0301' } })
      expect(String(answer.body.error_msg).toLowerCase()).toContain(says.toLowerCase())
      expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'))
    }
  })

  it('by a token and a signature is refused, good as both are', async () => {
    const at = await harness()
    const key = await at.key()
    const signed = signatureHeaders(key, { method: 'GET', target: meshes, body: '' })
    expect(await at.ask('GET', meshes, undefined, { ...signed, 'x-auth-token': undefined })).toMatchObject({
      status: 200,
    })
    expect(await at.ask('GET', meshes, undefined, signed)).toMatchObject({
      status: 401,
      body: { error_msg: expect.stringContaining('not both') as string },
    })
  })

  it.each([undefined, null, 'a text', new Error('The disk is gone.')])(
    'is not let in when nobody can tell: %s',
    async (thrown) => {
      const failing = (): Promise<never> => Promise.reject(thrown as Error)
      const at = await harness(({ access }) => ({ access: { ...access, whoIs: failing } }))
      for (const path of [groups, meshes, '/nowhere'])
        expect(await at.ask('GET', path, undefined, { 'x-auth-token': 'guess' })).toMatchObject({ status: 500 })
    },
  )

  it('does not have its body looked at before', async () => {
    const at = await harness()
    const large = 'x'.repeat(13 * 1_048_576)
    const answer = await at.ask('POST', meshes, large, { 'x-auth-token': 'guess', 'content-type': 'text/plain' })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('connection')).toBe('close')
  })
})

describe('a signed request', () => {
  it('does what one with a token does', async () => {
    const at = await harness()
    const mesh = await withMesh(at)
    const asking = client({ baseUrl: 'http://in-process', fetch: at.fetch }, await at.key())
    const upgrade = await asking.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })
    const { uid } = upgrade.metadata
    expect(await asking.getUpgrade({ mesh_upgrade_id: uid })).toEqual(
      await at.client.getUpgrade({ mesh_upgrade_id: uid }),
    )
    expect((await asking.listMeshes()).items).toHaveLength(1)
  })

  const create: Unsigned = { method: 'POST', target: groups, body: '{"name":"ops"}' }
  it.each([
    ['body', { body: '{"name":"oops"}' }],
    ['body, by a space', { body: '{"name":"ops"} ' }],
    ['path', { target: '/meshlift/v1/iam/projects' }],
    ['query', { target: `${groups}?a=b` }],
    ['method', { method: 'PUT' }],
    ['project', { headers: { 'x-project-id': 'f'.repeat(32) } }],
  ])('with another %s than was signed is refused, and nothing is stored', async (_, sent) => {
    const at = await harness()
    const key = await at.key()
    expect(await signedAs(at, key, create, sent)).toMatchObject({ status: 401, body: { error_code: 'APIGW.0301' } })
    expect(at.parts.access.office.directory.groups.size).toBe(0)
    // The first two are the log-in of the test itself.
    expect(await at.parts.access.audit.read(2, 10)).toEqual([])
  })

  it('with a body that was added to a GET is refused', async () => {
    const at = await harness()
    const get: Unsigned = { method: 'GET', target: meshes, body: '' }
    const key = await at.key()
    expect(await signedAs(at, key, get)).toMatchObject({ status: 200 })
    expect(await signedAs(at, key, get, { body: '{}' })).toMatchObject({ status: 401 })
  })

  it('may name any project of this server, and no other', async () => {
    const at = await harness()
    const key = await at.key()
    const { projectId } = await at.stranger()
    const get = (project: string) =>
      signedAs(at, { ...key, projectId: project }, { method: 'GET', target: `/v1/${project}/meshes`, body: '' })
    expect(await get(projectId)).toMatchObject({ status: 200 })
    expect(await get('f'.repeat(32))).toMatchObject({ status: 403, body: { problem: 'access/other-project' } })
    const target = `/v1/${projectId}/meshes`
    expect(await signedAs(at, key, { method: 'GET', target, body: '' })).toMatchObject({
      status: 403,
      body: { problem: 'access/other-project' },
    })
  })
})

describe('what only administrators may do', () => {
  it('is refused to others before its body is looked at, and written down', async () => {
    const at = await harness()
    const { token } = await at.somebody({ name: 'ada', allow: ['asm:*:*', 'meshlift:*:*'] })
    const before = (await at.parts.access.audit.read(0, 100)).length
    const answer = await at.ask('POST', groups, '{', { 'x-auth-token': token })
    expect(answer).toMatchObject({
      status: 403,
      body: { errorCode: 'ASM.01000002', problem: 'access/administrators-only' },
    })
    expect((await at.parts.access.audit.read(before, 100)).map(({ kind, user }) => [kind, user?.name])).toEqual([
      ['refused', 'ada'],
    ])
    expect(await at.ask('GET', groups, undefined, { 'x-auth-token': token })).toMatchObject({ status: 403 })
    expect(await at.ask('POST', groups, { name: 'ops' })).toMatchObject({ status: 201 })
  })
})

describe('a permission', () => {
  it('that is missing is named with what it was missing for', async () => {
    const at = await harness()
    const mesh = await withMesh(at)
    const { token } = await at.somebody({ name: 'ada', allow: ['asm:mesh:get'] })
    const path = `${meshes}/${mesh.metadata.uid}`
    expect(await at.ask('GET', path, undefined, { 'x-auth-token': token })).toMatchObject({ status: 200 })
    const answer = await at.ask('DELETE', path, undefined, { 'x-auth-token': token })
    expect(answer).toMatchObject({ status: 403, body: { errorCode: 'ASM.01000002', problem: 'access/denied' } })
    expect(answer.body.errorMsg).toContain(`asm:mesh:delete on mesh ${mesh.metadata.uid}`)
    expect(await at.ask('GET', path)).toMatchObject({ status: 200 })
  })

  it('to list nothing of a project at all is told instead of shown as an empty list', async () => {
    const at = await harness()
    const none = await at.somebody({ name: 'ada', allow: [] })
    const some = await at.somebody({ name: 'bob', allow: ['asm:mesh:list'] })
    expect(await at.ask('GET', meshes, undefined, { 'x-auth-token': none.token })).toMatchObject({ status: 403 })
    expect(await at.ask('GET', meshes, undefined, { 'x-auth-token': some.token })).toMatchObject({
      body: { items: [] },
    })
  })
})
