import { beforeEach, describe, expect, it } from 'vitest'
import { client } from '../../src/client/client.ts'
import { handOut, harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { person } from './people.ts'
import { bent } from './samples.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const body = {
  auth: {
    identity: {
      methods: ['password'],
      password: { user: { name: 'admin', password: handOut.password, domain: { name: 'meshlift' } } },
    },
    scope: { project: { name: 'default' } },
  },
}
const anonymous = { 'x-auth-token': undefined }
const ask = (changed: unknown, path = '/v3/auth/tokens') => at.ask('POST', path, changed, anonymous)

describe('asking for a token', () => {
  it('answers as documented: the token in a header, everything else in the body', async () => {
    const answer = await ask(body, '/v3/auth/tokens?nocatalog=true')
    expect(answer.status).toBe(201)
    expect(answer.body.token).toMatchObject({
      issued_at: '2026-11-22T10:00:00.250000Z',
      expires_at: '2026-11-23T10:00:00.250000Z',
      methods: ['password'],
      user: { name: 'admin', domain: { name: 'meshlift' } },
      project: { id: handOut.projectId, name: 'default' },
    })
    const token = answer.headers.get('x-subject-token') ?? ''
    expect(JSON.stringify(answer.body)).not.toContain(token)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const used = await at.ask('GET', '/v1/PROJECT/meshes', undefined, { 'x-auth-token': token })
    expect(used.status).toBe(200)
  })

  it.each([
    ['auth.identity.password.user.password', 'wrong', 401, 'IAM.0001'],
    ['auth.identity.password.user.name', 'root', 401, 'IAM.0001'],
    ['auth.identity.password.user.domain.name', 'other', 401, 'IAM.0001'],
    ['auth.scope.project.name', 'other', 404, 'IAM.0004'],
    ['auth.identity.password.user.password', 5, 400, 'IAM.0007'],
    ['auth.identity.methods', ['token'], 400, 'IAM.0007'],
    ['auth', undefined, 400, 'IAM.0007'],
  ])('%s = %j is refused in the manner of IAM', async (field, value, status, code) => {
    const answer = await ask(bent(body, field, value))
    expect(answer).toMatchObject({ status, body: { error_code: code, error: { code: status } } })
    expect(answer.headers.get('x-subject-token')).toBeNull()
    expect(JSON.stringify(answer.body)).not.toContain('wrong"')
  })

  it('without a project gives one that opens no project', async () => {
    const answer = await ask(bent(body, 'auth.scope', undefined))
    expect(answer.body.token).toMatchObject({ domain: { name: 'meshlift' } })
    const token = answer.headers.get('x-subject-token') ?? ''
    const used = await at.ask('GET', '/v1/PROJECT/meshes', undefined, { 'x-auth-token': token })
    expect(used).toMatchObject({ status: 403, body: { errorCode: 'ASM.01000002' } })
  })
})

describe('without a good token', () => {
  const routes = ['/v1/PROJECT/meshes', '/meshlift/v1/PROJECT/clusters', '/v1/PROJECT/mesh-job/x', '/nowhere']
  it.each(routes)('%s answers 401 in the gateway form, known or not', async (path) => {
    const none = await at.ask('GET', path, undefined, anonymous)
    expect(none).toMatchObject({
      status: 401,
      body: {
        error_code: 'APIGW.0301',
        error_msg: 'Incorrect IAM authentication information: x-auth-token not found',
        request_id: none.headers.get('x-request-id'),
      },
    })
    const guess = await at.ask('GET', path, undefined, { 'x-auth-token': 'guess' })
    expect(guess).toMatchObject({ status: 401, body: { error_msg: expect.stringContaining('decrypt token fail') } })
  })

  it('is asked before the body is looked at', async () => {
    const answer = await at.ask('POST', '/v1/PROJECT/mesh-upgrade', 'not json', anonymous)
    expect(answer.status).toBe(401)
  })

  it('counts one that expired', async () => {
    at.tick(86_400_000)
    const answer = await at.ask('GET', '/v1/PROJECT/meshes')
    expect(answer).toMatchObject({ status: 401, body: { error_msg: expect.stringContaining('token expires') } })
  })
})

describe('a token of one project', () => {
  it('does not open another, and both places must agree', async () => {
    const other = 'f'.repeat(32)
    const path = await at.ask('GET', `/v1/${other}/meshes`)
    expect(path).toMatchObject({ status: 403, body: { errorCode: 'ASM.01000002', error_code: 'ASM.01000002' } })
    const header = await at.ask('GET', '/v1/PROJECT/meshes', undefined, { 'x-project-id': other })
    expect(header.status).toBe(403)
    const equal = await at.ask('GET', '/v1/PROJECT/meshes', undefined, { 'x-project-id': handOut.projectId })
    expect(equal.status).toBe(200)
  })
})

describe('looking at a token', () => {
  const path = '/v3/auth/tokens'
  const look = (subject: string | undefined, token: string, query = '') =>
    at.ask('GET', `${path}${query}`, undefined, { 'x-auth-token': token, 'x-subject-token': subject })

  it('answers as a log-in does, header and body', async () => {
    const made = await ask(body)
    const subject = made.headers.get('x-subject-token') ?? ''
    const answer = await look(subject, subject, '?nocatalog=true')
    expect(answer).toMatchObject({ status: 200, body: made.body })
    expect(answer.headers.get('x-subject-token')).toBe(subject)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { token } = await person(at, 'ada').then(({ session }) => session)
    const other = await look(token, at.session.token)
    expect(other.body.token).toMatchObject({ user: { name: 'ada' }, project: { name: 'default' }, catalog: [] })
  })

  it('is for its owner and for administrators, and what is no token is not found', async () => {
    const ada = await person(at, 'ada')
    const eve = await person(at, 'eve')
    expect((await look(ada.session.token, ada.session.token)).status).toBe(200)
    const foreign = await look(at.session.token, eve.session.token)
    expect(foreign.status).toBe(403)
    expect(foreign.headers.get('x-subject-token')).toBeNull()
    const unknown = await look('guess', at.session.token)
    expect(unknown).toMatchObject({ status: 404, body: { error_code: 'IAM.0004' } })
    expect(unknown.headers.get('x-subject-token')).toBeNull()
    const none = await look(undefined, at.session.token)
    expect(none).toMatchObject({ status: 400, body: { error_msg: expect.stringContaining('X-Subject-Token') } })
    expect((await look(ada.session.token, 'guess')).status).toBe(401)
    await at.client.removeUser({ user_id: ada.id })
    expect((await look(ada.session.token, at.session.token)).status).toBe(404)
  })
})

it('too many log-ins at once are refused until later, and not logged one by one', async () => {
  const guess = (name: string) => ({
    auth: { identity: { methods: ['password'], password: { user: { name, password: 'x', domain: { name: 'd' } } } } },
  })
  const all = await Promise.all(Array.from({ length: 40 }, (_, number) => ask(guess(`guess${number}`))))
  const busy = all.filter(({ status }) => status === 503)
  expect(busy.length).toBeGreaterThan(5)
  expect(busy[0]?.headers.get('retry-after')).toBe('1')
  expect(all.filter(({ status }) => status === 401).length + busy.length).toBe(40)
  expect(at.logged()).not.toContain('log-ins')
})

describe('a project that is not there', () => {
  const asks = (name: string) => {
    const { identity } = body.auth
    const user = { ...identity.password.user, name }
    return ask({ auth: { identity: { ...identity, password: { user } }, scope: { project: { name: 'nowhere' } } } })
  }

  it('is told with those that there are, to whoever has rights in them', async () => {
    await at.somebody({ name: 'ada', allow: ['asm:mesh:get'], project: 'blue' })
    await at.somebody({ name: 'bob', allow: [], project: 'green' })
    const [admin, ada, bob] = await Promise.all([asks('admin'), asks('ada'), asks('bob')])
    for (const one of [admin, ada, bob]) expect(one.status).toBe(404)
    expect(admin.body.error_msg).toContain('There is default, blue, green.')
    expect(ada.body.error_msg).toContain('There is blue.')
    expect(bob.body.error_msg).toContain('There is none that you have rights in.')
  })
})

describe('a temporary key', () => {
  const path = '/v3.0/OS-CREDENTIAL/securitytokens'
  const request = (token?: object) => ({ auth: { identity: { methods: ['token'], ...(token ? { token } : {}) } } })

  it('is made from a token, and ends when it was asked to', async () => {
    const short = await at.ask('POST', path, request())
    expect(short).toMatchObject({
      status: 201,
      body: {
        credential: {
          access: expect.stringMatching(/^[A-Z0-9]{20}$/),
          secret: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
          securitytoken: expect.any(String),
          expires_at: '2026-11-22T10:15:00.250000Z',
        },
      },
    })
    expect(short.headers.get('cache-control')).toBe('no-store')
    const { body: long } = await at.ask('POST', path, request({ duration_seconds: 86_400 }))
    expect(long.credential.expires_at).toBe('2026-11-23T10:00:00.250000Z')
    const { body: named } = await at.ask('POST', path, request({ id: at.session.token, duration_seconds: 900 }))
    expect(named.credential.access).not.toBe(short.body.credential.access)
  })

  it.each([[899], [86_401], [900.5], ['900'], [null]])('is not made for %j seconds', async (duration_seconds) => {
    const answer = await at.ask('POST', path, request({ duration_seconds }))
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'IAM.0007' } })
    expect(answer.body.error_msg).toContain('duration_seconds')
  })

  it('reaches no further than the token that it was made from', async () => {
    const other = await at.parts.access.office.createProject({ name: 'other' })
    const where = { baseUrl: 'http://in-process', fetch: at.fetch }
    const scopeless = await ask({ auth: { identity: body.auth.identity } })
    const lists = async (token: string, projectId: string) => {
      const made = await at.ask('POST', path, request(), { 'x-auth-token': token })
      const { access: accessKey, secret: secretKey, securitytoken: securityToken } = made.body.credential
      const key = { accessKey, secretKey, securityToken, projectId, now: () => at.parts.access.now() }
      return client(where, key).listMeshes()
    }
    expect(await lists(at.session.token, handOut.projectId)).toMatchObject({ kind: 'MeshList' })
    const refused = { status: 403, code: 'access/other-project' }
    await expect(lists(at.session.token, other.id)).rejects.toMatchObject(refused)
    await expect(lists(scopeless.headers.get('x-subject-token') ?? '', handOut.projectId)).rejects.toMatchObject(
      refused,
    )
  })

  it('is not made without a token, nor from somebody else’s', async () => {
    expect((await ask(request(), path)).status).toBe(401)
    const ada = await person(at, 'ada')
    const foreign = await ada.ask('POST', path, request({ id: at.session.token }))
    expect(foreign.status).toBe(403)
    expect(foreign.body).not.toHaveProperty('credential')
    expect((await at.ask('POST', path, { auth: { identity: { methods: ['password'] } } })).status).toBe(400)
  })
})
