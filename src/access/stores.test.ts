import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../lib/sqlite.ts'
import type { OpenDatabase } from '../lib/sqlite.ts'
import type { AccessKey, User } from './directory/directory.ts'
import type { Change } from './directory/store.ts'
import { memoryAccessStores } from './memory.ts'
import { accessTables, sealedThings, sqliteAccessStores } from './sqlite.ts'
import type { AccessStores } from './stores.ts'

const chainKey = Buffer.alloc(32, 3)
const domain = { put: 'domain', row: { id: 'd1', name: 'works' } } as const
const ada: User = { id: 'u1', name: 'ada', enabled: true, administrator: false, generation: 1, createdAt: 5 }
const key: AccessKey = { access: 'AK1', user: 'u1', sealed: 'v1.x', enabled: true, createdAt: 6 }

let folder: string
let database: OpenDatabase | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'access-test-'))
})
afterEach(async () => {
  await database?.close()
  database = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function sqlite(): Promise<AccessStores> {
  await database?.close()
  database = await openDatabase(join(folder, 'meshlift.db'), [accessTables])
  return sqliteAccessStores(database.kysely, { chainKey })
}

const drivers: readonly (readonly [string, () => Promise<AccessStores>])[] = [
  ['memory', () => Promise.resolve(memoryAccessStores())],
  ['SQLite', sqlite],
]

describe.each(drivers)('the directory in %s', (_, make) => {
  it('is not there before the first write, and then as it was written', async () => {
    const { directory } = await make()
    expect(await directory.read()).toBeUndefined()
    const rows: readonly Change[] = [
      { put: 'domain', row: { id: 'd1', name: 'works', proof: 'v1.p' } },
      { put: 'user', row: { ...ada, passwordHash: '$hash' } },
      { put: 'group', row: { id: 'g1', name: 'ops', members: ['u1'] } },
      { put: 'project', row: { id: 'p1', name: 'north' } },
      { put: 'enterprise-project', row: { id: 'e1', name: 'north' } },
      { put: 'key', row: { ...key, description: 'ci' } },
      { put: 'policy', row: { id: 'o1', name: 'all', version: '5.0', document: { Statement: [{ Sid: 'ü' }] } } },
      { put: 'grant', row: { id: 'r1', policy: 'o1', group: 'g1' } },
    ]
    await directory.write(rows)
    expect(await directory.read()).toEqual({
      domain: { id: 'd1', name: 'works' },
      proof: 'v1.p',
      users: new Map([['u1', { ...ada, passwordHash: '$hash' }]]),
      groups: new Map([['g1', { id: 'g1', name: 'ops', members: ['u1'] }]]),
      projects: new Map([['p1', { id: 'p1', name: 'north' }]]),
      enterpriseProjects: new Map([['e1', { id: 'e1', name: 'north' }]]),
      keys: new Map([['AK1', { ...key, description: 'ci' }]]),
      policies: new Map([['o1', { id: 'o1', name: 'all', version: '5.0', document: { Statement: [{ Sid: 'ü' }] } }]]),
      grants: new Map([['r1', { id: 'r1', policy: 'o1', group: 'g1' }]]),
    })
  })

  it('replaces a row whole, keeps the order of the others, and forgets what is removed', async () => {
    const { directory } = await make()
    const bob = { ...ada, id: 'u2', name: 'bob' }
    await directory.write([domain, { put: 'user', row: { ...ada, passwordHash: 'x' } }, { put: 'user', row: bob }])
    await directory.write([{ put: 'user', row: { ...ada, name: 'ann' } }])
    expect([...((await directory.read())?.users.values() ?? [])]).toEqual([{ ...ada, name: 'ann' }, bob])
    await directory.write([
      { remove: 'user', id: 'u1' },
      { remove: 'user', id: 'nobody' },
    ])
    expect([...((await directory.read())?.users.keys() ?? [])]).toEqual(['u2'])
  })

  it('writes all of a change or none of it, and refuses a name that is taken', async () => {
    const { directory } = await make()
    await directory.write([domain, { put: 'user', row: ada }, { put: 'key', row: key }])
    const before = await directory.read()
    const twin: readonly Change[] = [
      { put: 'project', row: { id: 'p1', name: 'north' } },
      { remove: 'key', id: 'AK1' },
      { put: 'user', row: { ...ada, id: 'u2' } },
    ]
    await expect(directory.write(twin)).rejects.toMatchObject({ kind: 'conflict', code: 'access/name-taken' })
    expect(await directory.read()).toEqual(before)
  })

  it('lets kinds share a name, and one row keep its own', async () => {
    const { directory } = await make()
    await directory.write([
      domain,
      { put: 'user', row: { ...ada, name: 'works' } },
      { put: 'group', row: { id: 'g1', name: 'works', members: [] } },
    ])
    await directory.write([{ put: 'group', row: { id: 'g1', name: 'works', members: ['u1'] } }])
    expect((await directory.read())?.groups.get('g1')?.members).toEqual(['u1'])
  })
})

const given = { user: 'u1', generation: 3, issuedAt: 1 }
const token = (hash: string, expiresAt: number) => ({ hash, ...given, expiresAt })
const temporary = (access: string, expiresAt: number) => ({
  access,
  sealed: 'v1.x',
  securityTokenHash: 'h',
  ...given,
  expiresAt,
})

describe.each(drivers)('tokens and temporary keys in %s', (_, make) => {
  it('are given back as they were put in, with and without a project', async () => {
    const { tokens } = await make()
    const all = [token('h1', 10), { ...token('h2', 10), project: 'p1' }]
    for (const one of all) await tokens.addToken(one)
    for (const one of all) expect(await tokens.token(one.hash)).toEqual(one)
    expect(await tokens.token('h3')).toBeUndefined()
    const keys = [temporary('AK1', 10), { ...temporary('AK2', 10), project: 'p1' }]
    for (const one of keys) await tokens.addTemporaryKey(one)
    for (const one of keys) expect(await tokens.temporaryKey(one.access)).toEqual(one)
    expect(await tokens.temporaryKey('h1')).toBeUndefined()
  })

  it('are forgotten only when they expired before the moment that is told', async () => {
    const { tokens } = await make()
    for (const at of [9, 10, 11]) {
      await tokens.addToken(token(`h${at}`, at))
      await tokens.addTemporaryKey(temporary(`AK${at}`, at))
    }
    await tokens.forget(10)
    expect(await Promise.all([9, 10, 11].map((at) => tokens.token(`h${at}`)))).toEqual([
      undefined,
      token('h10', 10),
      token('h11', 11),
    ])
    expect(await Promise.all([9, 10, 11].map((at) => tokens.temporaryKey(`AK${at}`)))).toEqual([
      undefined,
      temporary('AK10', 10),
      temporary('AK11', 11),
    ])
  })
})

describe('the database file', () => {
  it('keeps directory, tokens and temporary keys over a restart', async () => {
    const before = await sqlite()
    await before.directory.write([domain, { put: 'user', row: ada }])
    await before.tokens.addToken(token('h1', 10))
    await before.tokens.addTemporaryKey(temporary('AK1', 10))
    const kept = await before.directory.read()
    const after = await sqlite()
    expect(await after.directory.read()).toEqual(kept)
    expect(await after.tokens.token('h1')).toEqual(token('h1', 10))
    expect(await after.tokens.temporaryKey('AK1')).toEqual(temporary('AK1', 10))
  })

  it('tells what could not be read without the key file', async () => {
    const stores = await sqlite()
    const told = async () => database && (await sealedThings(database.kysely))
    expect(await told()).toEqual([])
    await stores.directory.write([domain, { put: 'user', row: ada }, { put: 'key', row: key }])
    expect(await told()).toEqual(['the secrets of 1 access key'])
    await stores.audit.append({ at: 1, requestId: 'r', kind: 'asked', from: '::1', operation: 'createKey', about: '/' })
    expect(await told()).toEqual(['the secrets of 1 access key', 'the seal of the audit log (1 entry)'])
  })

  it('moves the account of before in as the administrator, with its domain and project', async () => {
    const { '0001-accounts-and-tokens': first } = accessTables.migrations
    if (!first) throw new Error('The first migration is gone.')
    const old = { name: 'access', migrations: { '0001-accounts-and-tokens': first } }
    database = await openDatabase(join(folder, 'meshlift.db'), [old])
    await database.kysely
      .withTables<{ access_account: Record<string, string>; access_token: Record<string, string | number> }>()
      .transaction()
      .execute(async (inside) => {
        const account = { id: 'a1', name: 'admin', password_hash: '$h', domain_id: 'd1', domain_name: 'meshlift' }
        await inside
          .insertInto('access_account')
          .values({ ...account, project_id: 'p1', project_name: 'default' })
          .execute()
        await inside
          .insertInto('access_token')
          .values({ hash: 'h', account: 'a1', issued_at: 1, expires_at: 2 })
          .execute()
      })
    const { directory, tokens } = await sqlite()
    const moved = await directory.read()
    expect(moved).toMatchObject({ domain: { id: 'd1', name: 'meshlift' }, groups: new Map(), keys: new Map() })
    expect(moved?.projects).toEqual(new Map([['p1', { id: 'p1', name: 'default' }]]))
    expect([...(moved?.users.values() ?? [])]).toEqual([
      {
        id: 'a1',
        name: 'admin',
        passwordHash: '$h',
        enabled: true,
        administrator: true,
        generation: 1,
        createdAt: expect.any(Number),
      },
    ])
    expect(await tokens.token('h')).toBeUndefined()
  })
})
