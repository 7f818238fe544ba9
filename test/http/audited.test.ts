import { beforeEach, describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../src/contract/iam.ts'
import { handOut, harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { withMesh } from './samples.ts'

const groups = '/meshlift/v1/iam/groups'

let at: Harness
let last: number
beforeEach(async () => {
  at = await harness()
  last = 0
  await written()
})

/** What was written since this was last asked. */
async function written(): Promise<readonly AuditEntry[]> {
  const entries = await at.parts.access.audit.read(last, 100)
  last = entries.at(-1)?.number ?? last
  return entries
}

const line = ({ kind, operation, status, user }: AuditEntry) => [kind, operation, status, user?.name]

describe('a write', () => {
  it('is written down before and after, with who, where and the request id', async () => {
    const made = await at.ask('POST', groups, { name: 'ops' })
    const requestId = made.headers.get('x-request-id')
    const common = { requestId, operation: 'createGroup', about: groups, from: '127.0.0.1', with: 'token' }
    const [asked, answered, ...more] = await written()
    expect(more).toEqual([])
    expect(asked).toMatchObject({ ...common, kind: 'asked', user: { name: 'admin' } })
    expect(asked).not.toHaveProperty('status')
    expect(answered).toMatchObject({ ...common, kind: 'answered', status: 201, after: made.body })
    await at.ask('DELETE', `${groups}/${made.body.id}`)
    expect((await written())[1]).toMatchObject({ kind: 'answered', operation: 'removeGroup', before: made.body })
  })

  it('with a key is written down by its AK', async () => {
    const { client } = await import('../../src/client/client.ts')
    const key = await at.key()
    await client({ baseUrl: 'http://in-process', fetch: at.fetch }, key).createGroup({ body: { name: 'ops' } })
    expect((await written()).map((entry) => entry.with)).toEqual([key.accessKey, key.accessKey])
  })

  it('that fails is written down with its status, and without what was sent', async () => {
    await at.ask('DELETE', `${groups}/nobody?password=${handOut.password}`)
    const entries = await written()
    expect(entries.map(line)).toEqual([
      ['asked', 'removeGroup', undefined, 'admin'],
      ['answered', 'removeGroup', 404, 'admin'],
    ])
    expect(JSON.stringify(entries)).not.toContain(handOut.password)
  })

  it('that policies do not allow is refused in the log too', async () => {
    const mesh = await withMesh(at)
    const { token } = await at.somebody({ name: 'ada', allow: ['asm:mesh:get'] })
    await written()
    await at.ask('DELETE', `/v1/PROJECT/meshes/${mesh.metadata.uid}`, undefined, { 'x-auth-token': token })
    expect((await written()).map(line)).toEqual([
      ['asked', 'deleteMesh', undefined, 'ada'],
      ['refused', 'deleteMesh', 403, 'ada'],
    ])
  })

  it.each([
    ['whose body is not accepted', 'POST', groups, { name: '' }],
    ['by nobody known', 'POST', `${groups}?x`, undefined],
  ])('%s was never asked for', async (_, method, path, body) => {
    await at.ask(method, path, body, body === undefined ? { 'x-auth-token': 'guess' } : {})
    expect(await written()).toEqual([])
  })

  it('is not done when it cannot be written down', async () => {
    Object.assign(at.parts.access.audit, { append: () => Promise.reject(new Error('The disk is full.')) })
    expect(await at.ask('POST', groups, { name: 'ops' })).toMatchObject({ status: 500 })
    expect(at.parts.access.office.directory.groups.size).toBe(0)
    expect(at.logged()).toContain('The disk is full.')
  })

  it('that was done is answered as done when that could not be written down any more', async () => {
    const { audit } = at.parts.access
    const append = audit.append.bind(audit)
    Object.assign(audit, {
      append: (entry: Parameters<typeof append>[0]) =>
        entry.kind === 'answered' ? Promise.reject(new Error('The disk is full.')) : append(entry),
    })
    expect(await at.ask('POST', groups, { name: 'ops' })).toMatchObject({ status: 201 })
    expect(at.logged()).toContain('The disk is full.')
  })
})

describe('secrets', () => {
  it('of log-ins, users, keys and temporary keys are not in the log', async () => {
    const [user = ''] = at.parts.access.office.directory.users.keys()
    await at.ask('POST', '/meshlift/v1/iam/users', { name: 'ada', password: 'another-password' })
    const key = await at.ask('POST', '/meshlift/v1/iam/keys', { user })
    const temporary = await at.ask('POST', '/v3.0/OS-CREDENTIAL/securitytokens', {
      auth: { identity: { methods: ['token'], token: { duration_seconds: 900 } } },
    })
    const { credential } = temporary.body
    const text = JSON.stringify(await at.parts.access.audit.read(0, 100))
    expect(text).toContain('createTemporaryKey')
    for (const secret of [
      handOut.password,
      'another-password',
      at.session.token,
      key.body.secret,
      credential.secret,
      credential.securitytoken,
    ]) {
      expect(secret).toMatch(/./)
      expect(text).not.toContain(secret)
    }
  })
})

describe('a read', () => {
  it('is not written down, unless it was not allowed', async () => {
    const { token } = await at.somebody({ name: 'ada', allow: [] })
    await written()
    await at.ask('GET', '/v1/PROJECT/meshes')
    expect(await written()).toEqual([])
    await at.ask('GET', '/v1/PROJECT/meshes', undefined, { 'x-auth-token': token })
    expect((await written()).map(line)).toEqual([['refused', 'listMeshes', 403, 'ada']])
  })

  it('of somebody else’s token is', async () => {
    const { token } = await at.somebody({ name: 'ada', allow: [] })
    await written()
    await at.ask('GET', '/v3/auth/tokens', undefined, { 'x-subject-token': at.session.token })
    expect(await written()).toEqual([])
    expect(await at.ask('GET', '/v3/auth/tokens', undefined, { 'x-subject-token': token })).toMatchObject({
      status: 200,
    })
    expect((await written()).map(line)).toEqual([
      ['asked', 'checkToken', undefined, 'admin'],
      ['answered', 'checkToken', 200, 'admin'],
    ])
  })
})
