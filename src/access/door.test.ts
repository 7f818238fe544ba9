import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authorizationFor, signingDate } from '../contract/signing.ts'
import type { TemporaryKeyRequest } from '../contract/tokens.ts'
import type { Problem } from '../lib/problem.ts'
import { openDatabase } from '../lib/sqlite.ts'
import type { Access, Login } from './access.ts'
import type { Caller } from './caller.ts'
import { sealWith } from './secrets/sealing.ts'
import { accessTables, sqliteAccessStores } from './sqlite.ts'
import { handedOut, testDoor, tokenRequest } from './testing/doors.ts'
import type { TestDoor } from './testing/doors.ts'

const north = { id: handedOut.projectId, name: handedOut.projectName }
const day = 86_400_000
const here = '127.0.0.1'
const identity = { Version: '5.0', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:list'], Resource: ['*'] }] }
const role = { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:list'] }] }

let test: TestDoor
let door: Access
beforeEach(async () => {
  test = await testDoor()
  door = test.door
})

const login = (...asked: Parameters<typeof tokenRequest>): Promise<Login> => door.login(tokenRequest(...asked), here)

const keyRequest = (token?: { readonly id?: string; readonly duration_seconds?: number }): TemporaryKeyRequest => ({
  auth: { identity: { methods: ['token'], ...(token ? { token } : {}) } },
})

async function adaWith(door: Access) {
  const ada = await door.office.createUser({ name: 'ada', password: 'correct horse' })
  const user = { name: 'ada', password: 'correct horse' }
  return { ada, user, login: () => door.login(tokenRequest({ project: north }, user), here) }
}

describe('logging in', () => {
  it.each([
    ['the project’s id', { project: { id: north.id } }, north],
    ['the project’s name', { project: { name: 'north' } }, north],
    ['both, where the id decides', { project: { id: north.id, name: 'south' } }, north],
    ['project and domain, where the project wins', { project: { name: 'north' }, domain: { name: 'works' } }, north],
    ['the domain’s name', { domain: { name: 'works' } }, undefined],
    ['an empty scope', {}, undefined],
    ['no scope', undefined, undefined],
  ])('gives a token for 24 hours by %s', async (_, scope, project) => {
    const { token, given } = await login(scope)
    expect(given.issuedAt).toBe(test.time.now)
    expect(given.expiresAt - given.issuedAt).toBe(day)
    expect(given.caller).toEqual({
      user: { id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'admin' },
      domain: { id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'works' },
      administrator: true,
      ...(project ? { project } : {}),
      by: { kind: 'token', id: expect.stringMatching(/^[0-9a-f]{16}$/) },
    })
    test.time.now += day - 1
    expect(await door.whoIs(token)).toEqual(given.caller)
  })

  it('takes the domain by its id', async () => {
    const { id } = door.office.directory.domain
    const { given } = await login({ domain: { id, name: 'elsewhere' } })
    expect(given.caller.project).toBeUndefined()
  })

  it.each([
    ['password', { password: 'open sesam' }],
    ['user', { name: 'root' }],
    ['domain', { domain: 'elsewhere' }],
    ['user that has no password', { name: 'robot', password: '' }],
    ['user that is disabled', { name: 'gone', password: 'correct horse' }],
  ])('says the same whether the %s or something else is wrong', async (_, user) => {
    await door.office.createUser({ name: 'robot' })
    const gone = await door.office.createUser({ name: 'gone', password: 'correct horse' })
    await door.office.changeUser(gone.id, { enabled: false })
    await expect(login({ project: { name: 'nowhere' } }, user)).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'access/wrong-credentials',
      message: 'The username or password is wrong.',
    })
  })

  it.each([
    ['project', { project: { id: 'f'.repeat(32) } }],
    ['project', { project: { name: 'south' } }],
    ['project', { project: { id: 'f'.repeat(32), name: 'north' }, domain: { name: 'works' } }],
    ['project', { project: {} }],
    ['domain', { domain: { name: 'elsewhere' } }],
    ['domain', { domain: { id: 'f'.repeat(32), name: 'works' } }],
    ['domain', { domain: {} }],
  ] as const)('does not find a %s that is not there: %o', async (what, scope) => {
    await expect(login(scope)).rejects.toMatchObject({ kind: 'not-found', code: `access/unknown-${what}` })
  })

  it('names the policies that the token is good for, and te_admin for administrators', async () => {
    const { ada, login: adasLogin } = await adaWith(door)
    const { id: group } = await door.office.createGroup({ name: 'ops' })
    await door.office.joinGroup(group, ada.id)
    const south = await door.office.createProject({ name: 'south' })
    const policy = async (name: string, document: unknown) => (await door.office.createPolicy({ name, document })).id
    await door.office.createGrant({ policy: await policy('mine', identity), user: ada.id })
    await door.office.createGrant({ policy: await policy('everywhere', role), group })
    await door.office.createGrant({ policy: await policy('here', role), group, project: north.id })
    await door.office.createGrant({ policy: await policy('elsewhere', role), group, project: south.id })
    const names = (given: Login['given']) => given.roles.map(({ id, name }) => `${id} ${name}`)
    expect(names((await adasLogin()).given)).toEqual(['0 everywhere', '0 here', '0 mine'])
    expect(names((await login()).given)).toEqual(['0 te_admin'])
  })
})

it('an old password opens nothing from the moment it was changed, looked at or not', async () => {
  const { ada, user } = await adaWith(door)
  // Those before it in the queue keep it waiting while the change happens.
  const crowd = Array.from({ length: 10 }, (_, n) => door.login(tokenRequest({}, { name: `n${n}` }), here))
  const late = door.login(tokenRequest({ project: north }, user), here)
  const done = Promise.allSettled([...crowd, late])
  await door.office.changeUser(ada.id, { password: 'battery staple' })
  expect((await done).at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'access/wrong-credentials' } })
})

describe('too many wrong passwords', () => {
  const wrong = { password: 'guess' }
  const code = (work: Promise<unknown>) =>
    work.then(
      () => 'in',
      (thrown: unknown) => (thrown as { code: string }).code,
    )

  it('lock the name from that address, not from others and not for ever', async () => {
    for (let n = 0; n < 6; n += 1) expect(await code(login({}, wrong))).toBe('access/wrong-credentials')
    expect(await code(login())).toBe('access/locked')
    expect(await code(door.login(tokenRequest(), '10.0.0.1'))).toBe('in')
    await door.office.createUser({ name: 'ada', password: 'correct horse' })
    expect(await code(login({}, { name: 'ada', password: 'correct horse' }))).toBe('in')
    test.time.now += 300_001
    expect(await code(login())).toBe('in')
  })

  it('count in a row, and for names that are not there too', async () => {
    for (let n = 0; n < 5; n += 1) await code(login({}, wrong))
    expect(await code(login())).toBe('in')
    for (let n = 0; n < 5; n += 1) await code(login({}, wrong))
    expect(await code(login())).toBe('in')
    for (let n = 0; n < 6; n += 1) await code(login({}, { name: 'nobody' }))
    expect(await code(login({}, { name: 'nobody' }))).toBe('access/locked')
  })

  it('are not more when they come all at once', async () => {
    const codes = await Promise.all(Array.from({ length: 12 }, () => code(login({}, wrong))))
    expect(codes.filter((one) => one === 'access/wrong-credentials')).toHaveLength(6)
    expect(codes.filter((one) => one === 'access/locked')).toHaveLength(6)
  })
})

describe('a token', () => {
  it('does not end because another one was given', async () => {
    const one = await login({ project: north })
    const two = await login({ project: north })
    expect(one.token).not.toBe(two.token)
    expect(await door.whoIs(one.token)).toEqual(one.given.caller)
  })

  it('expires, is called expired for a day, and then unknown', async () => {
    const { token } = await login()
    test.time.now += day
    await expect(whoIs(door, token)).rejects.toMatchObject({
      code: 'access/expired-token',
      message: 'token expires, expires_at: 2023-11-15T22:13:20Z',
    })
    test.time.now += day
    await login()
    await expect(whoIs(await test.again(), token)).rejects.toMatchObject({ code: 'access/expired-token' })
    test.time.now += 1
    await login()
    await expect(whoIs(await test.again(), token)).rejects.toMatchObject({ code: 'access/unknown-token' })
  })

  it('must be there and be one of ours', async () => {
    await expect(whoIs(door, undefined)).rejects.toMatchObject({ code: 'access/no-token' })
    await expect(whoIs(door, '')).rejects.toMatchObject({ code: 'access/no-token' })
    await expect(whoIs(door, 'guess')).rejects.toMatchObject({ code: 'access/unknown-token' })
  })
})

interface Story {
  readonly door: Access
  readonly user: string
  readonly group: string
  readonly policy: string
  readonly grant: string
  readonly key: string
}

/** What happens after ada was given a token and a temporary key. */
const causes: readonly (readonly [string, (story: Story) => Promise<unknown>])[] = [
  ['the user is removed', (s) => s.door.office.removeUser(s.user)],
  ['the user is disabled', (s) => s.door.office.changeUser(s.user, { enabled: false })],
  [
    'the user is disabled and enabled again',
    async (s) => {
      await s.door.office.changeUser(s.user, { enabled: false })
      await s.door.office.changeUser(s.user, { enabled: true })
    },
  ],
  ['the password is changed', (s) => s.door.office.changeUser(s.user, { password: 'another one' })],
  ['it becomes an administrator', (s) => s.door.office.changeUser(s.user, { administrator: true })],
  ['an access key is disabled', (s) => s.door.office.changeKey(s.key, { enabled: false })],
  ['an access key is removed', (s) => s.door.office.removeKey(s.key)],
  ['it leaves a group', (s) => s.door.office.leaveGroup(s.group, s.user)],
  ['a group is removed', (s) => s.door.office.removeGroup(s.group)],
  ['something is granted to its group', (s) => s.door.office.createGrant({ policy: s.policy, group: s.group })],
  ['a grant is taken back', (s) => s.door.office.removeGrant(s.grant)],
  ['a policy that it has is written anew', (s) => s.door.office.changePolicy(s.policy, { document: identity })],
  ['the project is removed', async (s) => s.door.office.removeProject(north.id, undefined)],
]

describe.each(causes)('when %s', (_, happens) => {
  it('tokens and temporary keys of before are dead at once and after a restart', async () => {
    const { ada, login: adasLogin } = await adaWith(door)
    const { office } = door
    const { id: group } = await office.createGroup({ name: 'ops' })
    await office.joinGroup(group, ada.id)
    const { id: policy } = await office.createPolicy({ name: 'mine', document: identity })
    const { id: grant } = await office.createGrant({ policy, user: ada.id })
    const { access: key } = await office.createKey({ user: ada.id })
    const { token } = await adasLogin()
    const caller = await door.whoIs(token)
    const temporary = await door.temporaryKey(keyRequest(), caller)
    const others = await login()
    expect(await signs(door, temporary)).toMatchObject({ user: { name: 'ada' }, project: north })

    await happens({ door, user: ada.id, group, policy, grant, key })
    for (const now of [door, await test.again()]) {
      await expect(whoIs(now, token)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'access/unknown-token' })
      expect(await signs(now, temporary)).toBeUndefined()
      const admin = await now.whoIs(others.token)
      await expect(now.tokenFor(token, admin)).rejects.toMatchObject({ code: 'access/unknown-token' })
    }
    // Known a moment ago, when it was let in; the key it asks for now would outlive what was just taken from it.
    await expect(door.temporaryKey(keyRequest(), caller)).rejects.toMatchObject({ kind: 'forbidden' })
  })
})

let addresses = 0

/** Whether a request that is signed with the key is let in, and as whom. */
async function signs(
  door: Access,
  key: { readonly access: string; readonly secret: string; readonly securityToken?: string },
): Promise<Caller | undefined> {
  const date = signingDate(test.time.now)
  const headers = {
    'x-sdk-date': date,
    ...(key.securityToken === undefined ? {} : { 'x-security-token': key.securityToken }),
  }
  const authorization = authorizationFor(
    { method: 'GET', target: '/v1', headers, signedHeaders: Object.keys(headers) },
    '',
    { ...key, date },
  )
  addresses += 1
  // Another address each: this is not about locks.
  const request = { method: 'GET', url: '/v1', headers: { ...headers, authorization }, from: `10.0.0.${addresses}` }
  try {
    return (await door.signer(request)).verify(new Uint8Array())
  } catch {
    return undefined
  }
}

/** Refuses by rejecting, also where the door refuses at once. */
const whoIs = async (door: Access, token: string | undefined): Promise<Caller> => door.whoIs(token)

describe('permanent access keys', () => {
  it('are known while they and their user are enabled, whatever else changes', async () => {
    const { ada } = await adaWith(door)
    const key = await door.office.createKey({ user: ada.id })
    const { access } = key
    await door.office.changeUser(ada.id, { password: 'another one' })
    expect(await signs(door, key)).toMatchObject({ user: { name: 'ada' }, by: { kind: 'key', id: access } })
    await door.office.changeKey(access, { enabled: false })
    expect(await signs(door, key)).toBeUndefined()
    await door.office.changeKey(access, { enabled: true })
    expect(await signs(door, key)).toMatchObject({ user: { name: 'ada' }, by: { kind: 'key', id: access } })
    await door.office.changeUser(ada.id, { enabled: false })
    expect(await signs(door, key)).toBeUndefined()
    await door.office.changeUser(ada.id, { enabled: true })
    expect(await signs(door, key)).toMatchObject({ user: { name: 'ada' }, by: { kind: 'key', id: access } })
    await door.office.removeUser(ada.id)
    expect(await signs(door, key)).toBeUndefined()
    expect(await signs(door, { ...key, access: 'A'.repeat(20) })).toBeUndefined()
  })
})

describe('looking at a token', () => {
  it('is for its owner and for administrators', async () => {
    const { user, login: adasLogin } = await adaWith(door)
    const bob = await door.office.createUser({ name: 'bob', password: 'correct horse' })
    const adas = await adasLogin()
    const adasOther = await door.login(tokenRequest(undefined, user), here)
    const bobs = await door.login(tokenRequest(undefined, { name: bob.name, password: 'correct horse' }), here)
    const admins = await login()
    const as = ({ given }: Login): Caller => given.caller
    expect(await door.tokenFor(adas.token, as(adasOther))).toEqual(adas.given)
    expect(await door.tokenFor(adas.token, as(admins))).toEqual(adas.given)
    await expect(door.tokenFor(adas.token, as(bobs))).rejects.toMatchObject({ kind: 'forbidden' })
    await expect(door.tokenFor('guess', as(admins))).rejects.toMatchObject({ kind: 'not-found' })
    await expect(door.tokenFor(undefined, as(admins))).rejects.toMatchObject({ kind: 'invalid' })
    test.time.now += day
    await expect(door.tokenFor(adas.token, as(admins))).rejects.toMatchObject({ kind: 'not-found' })
  })
})

describe('a temporary key', () => {
  it('has the documented form, the time that was asked for, and is for the project of its token', async () => {
    const { token } = await login({ project: north })
    const caller = await door.whoIs(token)
    const made = await door.temporaryKey(keyRequest(), caller)
    expect(made).toEqual({
      access: expect.stringMatching(/^[A-Z0-9]{20}$/),
      secret: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      securityToken: expect.stringMatching(/^[\w-]{43}$/),
      expiresAt: test.time.now + 900_000,
    })
    const longer = await door.temporaryKey(keyRequest({ duration_seconds: 86_400 }), caller)
    expect(longer.expiresAt).toBe(test.time.now + day)
    expect((await test.stores.tokens.temporaryKey(made.access))?.project).toBe(north.id)
  })

  it('comes from a token alone, and from nobody else’s', async () => {
    const { token, given } = await login({ project: north })
    const { token: unscoped } = await login()
    const { login: adasLogin } = await adaWith(door)
    const caller = await door.whoIs(token)
    const signed: Caller = { ...given.caller, by: { kind: 'key', id: 'A'.repeat(20) } }
    const other = { kind: 'forbidden', code: 'access/other-token' }
    await expect(door.temporaryKey(keyRequest(), signed)).rejects.toMatchObject({ code: 'access/token-needed' })
    await expect(door.temporaryKey(keyRequest({ id: token }), signed)).rejects.toMatchObject({ kind: 'forbidden' })
    await expect(door.temporaryKey(keyRequest({ id: (await adasLogin()).token }), caller)).rejects.toMatchObject(other)
    await expect(door.temporaryKey(keyRequest({ id: 'guess' }), caller)).rejects.toMatchObject(other)
    const derived = await door.temporaryKey(keyRequest({ id: unscoped }), caller)
    test.time.now += day
    await expect(door.temporaryKey(keyRequest(), caller)).rejects.toMatchObject(other)
    expect((await test.stores.tokens.temporaryKey(derived.access))?.project).toBeUndefined()
  })
})

describe('in a database file', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'door-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  async function opened<T>(seal: ReturnType<typeof sealWith>, work: (door: Access) => Promise<T>): Promise<T> {
    const database = await openDatabase(join(folder, 'meshlift.db'), [accessTables])
    try {
      const stores = sqliteAccessStores(database.kysely, { chainKey: seal.derive('audit') })
      return await work((await testDoor(stores, seal)).door)
    } finally {
      await database.close()
    }
  }

  it('everything goes on after a restart, and no byte of the files holds a secret', async () => {
    const seal = sealWith(Buffer.alloc(32, 5))
    const secrets = await opened(seal, async (first) => {
      const { ada, user } = await adaWith(first)
      await first.office.changeUser(ada.id, { password: 'battery staple' })
      const key = await first.office.createKey({ user: ada.id })
      const scope = { project: north }
      const { token } = await first.login(tokenRequest(scope, { ...user, password: 'battery staple' }), here)
      const temporary = await first.temporaryKey(keyRequest(), await first.whoIs(token))
      return { token, key, temporary, passwords: [handedOut.password, user.password, 'battery staple'] }
    })
    const { token, key, temporary, passwords } = secrets
    const all = [token, key.secret, temporary.secret, temporary.securityToken, ...passwords]
    const files = readdirSync(folder)
    expect(files).toContain('meshlift.db')
    const bytes = Buffer.concat(files.map((name) => readFileSync(join(folder, name))))
    expect(bytes.includes(key.access)).toBe(true)
    expect(bytes.includes(temporary.access)).toBe(true)
    for (const secret of all) {
      expect(bytes.includes(secret)).toBe(false)
      expect(bytes.includes(Buffer.from(secret).toString('base64').replace(/=+$/, ''))).toBe(false)
      expect(bytes.includes(Buffer.from(secret).toString('hex'))).toBe(false)
    }

    await opened(seal, async (second) => {
      expect(await second.whoIs(token)).toMatchObject({ user: { name: 'ada' }, project: north })
      expect(await signs(second, key)).toMatchObject({ user: { name: 'ada' } })
      expect(await signs(second, temporary)).toMatchObject({ project: north, by: { kind: 'temporary-key' } })
    })
  })

  it('does not open with the key file of another data folder', async () => {
    await opened(sealWith(Buffer.alloc(32, 5)), async () => undefined)
    await expect(opened(sealWith(Buffer.alloc(32, 6)), async () => undefined)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'access/other-key-file',
    })
  })
})

it('no refusal quotes a secret', async () => {
  const { token } = await login({ project: north })
  const caller = await door.whoIs(token)
  const password = 'hunter2-hunter2'
  const refusals = await Promise.allSettled([
    login({}, { password }),
    login({ project: { name: 'nowhere' } }),
    door.whoIs('token-guess'),
    door.tokenFor('token-guess', caller),
    door.temporaryKey(keyRequest({ id: 'token-guess' }), caller),
    door.office.createUser({ name: 'admin', password }),
    door.office.changeUser('nobody', { password }),
  ])
  const reasons = refusals.flatMap((one) => (one.status === 'rejected' ? [one.reason as Problem] : []))
  expect(reasons).toHaveLength(refusals.length)
  for (const { stack, facts } of reasons) {
    const said = `${stack} ${JSON.stringify(facts)}`
    for (const secret of [password, 'token-guess', handedOut.password, token]) expect(said).not.toContain(secret)
  }
})
