import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../lib/sqlite.ts'
import type { OpenDatabase } from '../lib/sqlite.ts'
import { memoryAccessStore } from './memory.ts'
import { accessTables, sqliteAccessStore } from './sqlite.ts'
import type { AccessStore, Account } from './store.ts'

const ada: Account = {
  id: 'a1',
  name: 'ada',
  passwordHash: 'hash',
  domain: { id: 'd1', name: 'works' },
  project: { id: 'p1', name: 'north' },
}

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

const drivers: readonly (readonly [string, () => Promise<AccessStore>])[] = [
  ['memory', () => Promise.resolve(memoryAccessStore())],
  [
    'SQLite',
    async () => {
      database = await openDatabase(join(folder, 'meshlift.db'), [accessTables])
      return sqliteAccessStore(database.kysely)
    },
  ],
]

describe.each(drivers)('accounts and tokens in %s', (_, make) => {
  it('finds an account by domain and name, and by id', async () => {
    const store = await make()
    expect(await store.isEmpty()).toBe(true)
    await store.addAccount(ada)
    expect(await store.isEmpty()).toBe(false)
    expect(await store.findAccount('works', 'ada')).toEqual(ada)
    expect(await store.account('a1')).toEqual(ada)
    expect(await store.findAccount('elsewhere', 'ada')).toBeUndefined()
    expect(await store.account('a2')).toBeUndefined()
  })

  it('refuses a second account of that name in the domain and keeps the first', async () => {
    const store = await make()
    await store.addAccount(ada)
    await expect(store.addAccount({ ...ada, id: 'a2', passwordHash: 'other' })).rejects.toMatchObject({
      code: 'access/account-exists',
    })
    expect(await store.findAccount('works', 'ada')).toEqual(ada)
  })

  it('gives back tokens as they were put in, with and without a project', async () => {
    const store = await make()
    await store.addAccount(ada)
    const scoped = { hash: 'h1', account: 'a1', projectId: 'p1', issuedAt: 1, expiresAt: 10 }
    const bare = { hash: 'h2', account: 'a1', issuedAt: 1, expiresAt: 20 }
    await store.addToken(scoped)
    await store.addToken(bare)
    expect(await store.findToken('h1')).toEqual(scoped)
    expect(await store.findToken('h2')).toEqual(bare)
    expect(await store.findToken('h3')).toBeUndefined()
  })

  it('forgets only what expired before the moment it is told', async () => {
    const store = await make()
    await store.addAccount(ada)
    for (const [hash, expiresAt] of [
      ['old', 9],
      ['now', 10],
      ['new', 11],
    ] as const)
      await store.addToken({ hash, account: 'a1', issuedAt: 1, expiresAt })
    await store.dropTokens(10)
    expect(await store.findToken('old')).toBeUndefined()
    expect(await store.findToken('now')).toBeDefined()
    expect(await store.findToken('new')).toBeDefined()
  })
})

it('keeps tokens over a restart', async () => {
  const file = join(folder, 'meshlift.db')
  database = await openDatabase(file, [accessTables])
  const before = sqliteAccessStore(database.kysely)
  await before.addAccount(ada)
  await before.addToken({ hash: 'h1', account: 'a1', projectId: 'p1', issuedAt: 1, expiresAt: 10 })
  await database.close()
  database = await openDatabase(file, [accessTables])
  const after = sqliteAccessStore(database.kysely)
  expect(await after.findToken('h1')).toMatchObject({ account: 'a1', expiresAt: 10 })
  expect(await after.account('a1')).toEqual(ada)
})
