import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canonical } from '../../lib/json.ts'
import { openDatabase } from '../../lib/sqlite.ts'
import type { OpenDatabase, Tables } from '../../lib/sqlite.ts'
import { audit } from '../migrations/0004-audit.ts'
import type { AuditLog, NewEntry } from './log.ts'
import { memoryAuditLog } from './memory.ts'
import { sqliteAuditLog } from './sqlite.ts'

const key = Buffer.alloc(32, 7)
const tables: Tables = { name: 'access', migrations: { '0004-audit': audit } }

const entry = (operation: string, more: Partial<NewEntry> = {}): NewEntry => ({
  at: 1_700_000_000_123,
  requestId: `request-${operation}`,
  kind: 'answered',
  user: { id: 'u1', name: 'ada' },
  with: 'token',
  from: '127.0.0.1',
  operation,
  about: '/v1/p/mesh-upgrade',
  status: 200,
  ...more,
})

let folder: string
let database: OpenDatabase | undefined
const open = async (chainKey = key): Promise<AuditLog> => {
  await database?.close()
  database = await openDatabase(join(folder, 'meshlift.db'), [tables])
  return sqliteAuditLog(database.kysely, chainKey)
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-test-'))
})
afterEach(async () => {
  await database?.close()
  database = undefined
  rmSync(folder, { recursive: true, force: true })
})

const drivers: readonly (readonly [string, () => Promise<AuditLog>])[] = [
  ['memory', async () => memoryAuditLog(key)],
  ['SQLite', () => open()],
]

describe.each(drivers)('the audit log in %s', (_, make) => {
  it('is intact when nothing was written', async () => {
    const log = await make()
    expect(await log.verify()).toEqual({ intact: true, entries: 0, head: '' })
    expect(await log.read(0, 10)).toEqual([])
    expect(await log.last()).toBe(0)
  })

  it('numbers and chains what it is given, and gives it back', async () => {
    const log = await make()
    await log.append(entry('createUpgrade', { before: null, after: { state: 'Init', steps: [1, 2] } }))
    const { user: _user, with: _with, ...nobody } = entry('login', { kind: 'refused', status: 401 })
    await log.append(nobody)
    const [first, second] = await log.read(0, 10)
    expect(first).toMatchObject({
      ...entry('createUpgrade', { before: null, after: { state: 'Init', steps: [1, 2] } }),
      at: '2023-11-14T22:13:20Z',
      number: 1,
      previous: '',
    })
    expect(first?.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(second).toMatchObject({ number: 2, operation: 'login', previous: first?.hash })
    expect(second).not.toHaveProperty('user')
    expect(await log.verify()).toEqual({ intact: true, entries: 2, head: second?.hash })
  })

  it('reads on from a number, so many at a time', async () => {
    const log = await make()
    for (const name of ['a', 'b', 'c', 'd']) await log.append(entry(name))
    expect(await log.last()).toBe(4)
    const names = async (after: number, limit: number): Promise<readonly string[]> =>
      (await log.read(after, limit)).map(({ operation }) => operation)
    expect(await names(1, 2)).toEqual(['b', 'c'])
    expect(await names(4, 2)).toEqual([])
  })

  it('keeps what was given, not what the caller goes on changing', async () => {
    const log = await make()
    const after = { state: 'Init' }
    await log.append(entry('a', { after }))
    after.state = 'Success'
    expect(await log.read(0, 1)).toMatchObject([{ after: { state: 'Init' } }])
    expect(await log.verify()).toMatchObject({ intact: true })
  })

  it('covers only what it stores: what JSON has no word for is left out', async () => {
    const log = await make()
    await log.append(entry('a', { before: undefined, after: [undefined, { gone: undefined, at: new Date(0) }] }))
    expect(await log.read(0, 1)).toMatchObject([{ after: [null, { at: '1970-01-01T00:00:00.000Z' }] }])
    expect(await log.verify()).toMatchObject({ intact: true })
  })

  it('takes many at the same moment, one after the other', async () => {
    const log = await make()
    await Promise.all(Array.from({ length: 50 }, (_one, index) => log.append(entry(`op${index}`))))
    const all = await log.read(0, 100)
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_one, index) => index + 1))
    expect(new Set(all.map(({ operation }) => operation)).size).toBe(50)
    expect(await log.verify()).toMatchObject({ intact: true, entries: 50 })
  })

  it('is intact while it is written to', async () => {
    const log = await make()
    for (let index = 0; index < 20; index += 1) await log.append(entry(`op${index}`))
    const [verified] = await Promise.all([
      log.verify(),
      ...Array.from({ length: 20 }, (_one, index) => log.append(entry(`later${index}`))),
    ])
    expect(verified.intact).toBe(true)
    expect(await log.verify()).toMatchObject({ intact: true, entries: 40 })
  })

  it('verifies what is longer than a page, and stops when it is told to', async () => {
    const log = await make()
    for (let index = 0; index < 503; index += 1) await log.append(entry(`op${index}`))
    expect(await log.verify()).toMatchObject({ intact: true, entries: 503 })
    await expect(log.verify(AbortSignal.abort())).rejects.toThrow(/abort/)
  })
})

describe('in a file', () => {
  const statement = async (sql: string): Promise<void> => {
    const { sql: raw } = await import('kysely')
    if (!database) throw new Error('It is not open.')
    await raw.raw(sql).execute(database.kysely)
  }
  /** What somebody with the file in hand would do first. */
  const unguarded = async (): Promise<void> => {
    await statement('drop trigger access_audit_fixed')
    await statement('drop trigger access_audit_kept')
  }
  const written = async (count = 5): Promise<AuditLog> => {
    const log = await open()
    for (let index = 1; index <= count; index += 1) await log.append(entry(`op${index}`))
    return log
  }

  it('goes on after a restart', async () => {
    await written(2)
    const again = await open()
    await again.append(entry('later'))
    expect((await again.read(2, 10)).map(({ number }) => number)).toEqual([3])
    expect(await again.verify()).toMatchObject({ intact: true, entries: 3 })
  })

  it('refuses changes and removals', async () => {
    await written()
    await expect(statement(`update access_audit set entry = '{}' where number = 1`)).rejects.toThrow(/only ever added/)
    await expect(statement('delete from access_audit where number = 5')).rejects.toThrow(/only ever added/)
  })

  it('writes the entry and the head together or not at all', async () => {
    const log = await written(2)
    await statement(
      `create trigger broken before update on access_audit_head begin select raise(abort, 'disk full'); end`,
    )
    await expect(log.append(entry('lost'))).rejects.toThrow(/disk full/)
    expect(await log.read(2, 10)).toEqual([])
    await statement('drop trigger broken')
    await log.append(entry('kept'))
    expect(await log.verify()).toMatchObject({ intact: true, entries: 3 })
  })

  const edits: readonly (readonly [string, string, number])[] = [
    [`another operation`, `update access_audit set entry = replace(entry, 'op3', 'op9') where number = 3`, 3],
    [`an entry that is no JSON`, `update access_audit set entry = 'gone' where number = 3`, 3],
    [`another hash`, `update access_audit set hash = replace(hash, '0', '1') || '0' where number = 3`, 3],
    [`another previous hash`, `update access_audit set previous = 'x' where number = 3`, 3],
    [`a number that is moved`, `update access_audit set number = 9 where number = 3`, 3],
    [`one that is removed`, `delete from access_audit where number = 3`, 3],
    [`the first removed`, `delete from access_audit where number = 1`, 1],
    [`the last removed`, `delete from access_audit where number = 5`, 5],
    [`the last ones removed`, `delete from access_audit where number > 2`, 3],
    [`all removed`, `delete from access_audit`, 1],
    [
      `one put in at the end`,
      `insert into access_audit select 6, entry, hash, hash from access_audit where number = 5`,
      6,
    ],
    [`the head removed`, `delete from access_audit_head`, 6],
    [`another head`, `update access_audit_head set number = 4`, 6],
  ]
  it.each(edits)('notices %s', async (_what, sql, brokenAt) => {
    const log = await written()
    await unguarded()
    await statement(sql)
    expect(await log.verify()).toMatchObject({ intact: false, brokenAt, entries: brokenAt - 1 })
    // And going on afterwards does not hide it.
    await log.append(entry('later'))
    await log.append(entry('later still'))
    expect(await log.verify()).toMatchObject({ intact: false, brokenAt })
  })

  it('notices two that were swapped', async () => {
    const log = await written()
    await unguarded()
    await statement(`update access_audit set number = 99 where number = 2`)
    await statement(`update access_audit set number = 2 where number = 3`)
    await statement(`update access_audit set number = 3 where number = 99`)
    expect(await log.verify()).toMatchObject({ intact: false, brokenAt: 2 })
  })

  it('notices an end that was cut off together with a head that was made to fit', async () => {
    const log = await written()
    await unguarded()
    await statement(`delete from access_audit where number > 3`)
    await statement(`update access_audit_head set number = 3, hash = (select hash from access_audit where number = 3)`)
    expect(await log.verify()).toMatchObject({ intact: false, brokenAt: 4 })
    await log.append(entry('later'))
    expect(await log.verify()).toMatchObject({ intact: false, brokenAt: 4 })
  })

  it('notices a log that was hashed anew from one entry on, by somebody without the key', async () => {
    const before = await written()
    await unguarded()
    let previous = (await before.read(1, 1))[0]?.hash ?? ''
    for (const number of [3, 4, 5]) {
      const text = canonical(entry(`forged${number}`))
      const whole = `{"entry":${text},"number":${number},"previous":"${previous}"}`
      const hash = createHmac('sha256', Buffer.alloc(32, 8)).update(whole).digest('hex')
      await statement(
        `update access_audit set entry = '${text}', previous = '${previous}', hash = '${hash}' where number = ${number}`,
      )
      previous = hash
    }
    const log = await open()
    expect(await log.verify()).toMatchObject({ intact: false, brokenAt: 3 })
  })

  it('fits no other key', async () => {
    await written()
    const log = await open(Buffer.alloc(32, 8))
    expect(await log.verify()).toMatchObject({ intact: false, brokenAt: 1 })
  })
})
