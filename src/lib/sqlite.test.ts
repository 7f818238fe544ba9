import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from './sqlite.ts'
import type { Tables } from './sqlite.ts'

type Shelf = { book: { title: string } }

const first = { up: (db: Kysely<unknown>) => db.schema.createTable('book').addColumn('title', 'text').execute() }
const second = { up: (db: Kysely<unknown>) => db.schema.alterTable('book').addColumn('year', 'integer').execute() }
const shelf: Tables = { name: 'shelf', migrations: { '0001-book': first } }
const yard: Tables = {
  name: 'yard',
  migrations: { '0001-tree': { up: (db) => db.schema.createTable('tree').addColumn('kind', 'text').execute() } },
}

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-test-'))
  file = join(folder, 'data', 'meshlift.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function withBooks(...titles: readonly string[]): Promise<void> {
  const opened = await openDatabase(file, [shelf])
  const db = opened.kysely.withTables<Shelf>()
  for (const title of titles) await db.insertInto('book').values({ title }).execute()
  await opened.close()
}

async function books(parts: readonly Tables[] = [shelf]): Promise<readonly string[]> {
  const opened = await openDatabase(file, parts)
  const rows = await opened.kysely.withTables<Shelf>().selectFrom('book').select('title').execute()
  await opened.close()
  return rows.map(({ title }) => title)
}

/** Sums of the file and of its log; an empty log is none. */
const sums = (): readonly string[] =>
  [file, `${file}-wal`].map((path) => {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    return `${bytes.length} bytes, ${createHash('sha256').update(bytes).digest('hex')}`
  })

async function refusal(parts: readonly Tables[] = [shelf]): Promise<unknown> {
  const before = sums()
  const opened = await openDatabase(file, parts).catch((thrown: unknown) => thrown)
  expect(sums()).toEqual(before)
  return opened
}

/** As left by a power cut: the file and a log that was not yet replayed into it. */
async function leaveWithLog(): Promise<void> {
  const opened = await openDatabase(file, [shelf])
  await opened.kysely.withTables<Shelf>().insertInto('book').values({ title: 'in the log' }).execute()
  copyFileSync(file, `${file}.kept`)
  copyFileSync(`${file}-wal`, `${file}-wal.kept`)
  await opened.close()
  copyFileSync(`${file}.kept`, file)
  copyFileSync(`${file}-wal.kept`, `${file}-wal`)
}

describe('opening a database', () => {
  it('creates the file for its owner alone and keeps what is written', async () => {
    await withBooks('one', 'two')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await books()).toEqual(['one', 'two'])
  })

  it('syncs each commit, writes ahead and locks out everybody else', async () => {
    const opened = await openDatabase(file, [shelf])
    const pragma = async (name: string): Promise<unknown> => {
      const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(opened.kysely)
      return Object.values(rows[0] ?? {})[0]
    }
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('locking_mode')).toBe('exclusive')
    await opened.close()
  })

  it('reads what a killed process had committed to the log', async () => {
    await leaveWithLog()
    expect(await books()).toEqual(['in the log'])
  })

  it('brings an older file up to date, one part after the other', async () => {
    await withBooks('old')
    const grown: Tables = { name: 'shelf', migrations: { ...shelf.migrations, '0002-year': second } }
    expect(await books([grown, yard])).toEqual(['old'])
    const opened = await openDatabase(file, [grown, yard])
    await sql`insert into book (title, year) values ('new', 2026)`.execute(opened.kysely)
    await sql`insert into tree (kind) values ('oak')`.execute(opened.kysely)
    await opened.close()
  })

  it('takes a migration that fails in the middle back as a whole', async () => {
    await withBooks('kept')
    const failing: Tables = {
      name: 'shelf',
      migrations: {
        ...shelf.migrations,
        '0002-fails': {
          up: async (db) => {
            await second.up(db)
            await sql`insert into nowhere values (1)`.execute(db)
          },
        },
      },
    }
    await expect(openDatabase(file, [failing])).rejects.toThrow(/nowhere/)
    const grown: Tables = { name: 'shelf', migrations: { ...shelf.migrations, '0002-fails': second } }
    expect(await books([grown])).toEqual(['kept'])
  })

  it('finishes what was begun when the process died while the file was made', async () => {
    await withBooks('before')
    const raw = new DatabaseSync(file)
    raw.exec('pragma journal_mode = delete; pragma cache_size = 1; begin')
    raw.exec(
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) insert into book select 'lost ' || i from n",
    )
    copyFileSync(file, `${file}.kept`)
    copyFileSync(`${file}-journal`, `${file}-journal.kept`)
    raw.exec('rollback')
    raw.close()
    copyFileSync(`${file}.kept`, file)
    copyFileSync(`${file}-journal.kept`, `${file}-journal`)
    expect(await books()).toEqual(['before'])
  })
})

describe('a file that cannot be used is left as it is', () => {
  it('in use by this process', async () => {
    await withBooks('one')
    const opened = await openDatabase(file, [shelf])
    expect(await refusal()).toMatchObject({
      kind: 'conflict',
      code: 'database/in-use',
      message: `database ${file} is in use by another process`,
    })
    await opened.close()
    expect(await books()).toEqual(['one'])
  })

  it('in use, told in another process', async () => {
    const opened = await openDatabase(file, [shelf])
    const program = `import { openDatabase } from ${JSON.stringify(new URL('./sqlite.ts', import.meta.url).href)}
      await openDatabase(process.argv[1], []).catch((e) => process.stdout.write(e.code + ': ' + e.message))`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program, file], { encoding: 'utf8' })
    expect(stdout).toBe(`database/in-use: database ${file} is in use by another process`)
    await opened.close()
  })

  it.each([
    ['not a database at all', () => writeFileSync(file, 'these are not the bytes you are looking for '.repeat(200))],
    ['cut short', () => truncateSync(file, 4096 + 100)],
    ['cut to its first bytes', () => truncateSync(file, 50)],
    ['overwritten in the middle', () => writeFileSync(file, readFileSync(file).fill(0x55, 4096, 8192))],
  ])('damaged: %s', async (_, damage) => {
    await withBooks(...Array.from({ length: 50 }, (_one, index) => `a title of some length ${index}`))
    damage()
    const refused = await refusal()
    expect(refused).toMatchObject({ kind: 'rejected', code: 'database/damaged' })
    expect(String(refused)).toContain(file)
  })

  it('damaged, with a log beside it that a writer would replay', async () => {
    await withBooks(...Array.from({ length: 500 }, (_one, index) => `a title of some length ${index}`))
    await leaveWithLog()
    writeFileSync(file, readFileSync(file).fill(0x55, 4096)) // the log holds newer copies of a few pages only
    expect(await refusal()).toMatchObject({ kind: 'rejected', code: 'database/damaged' })
  })

  it.each([
    [
      'a migration we do not know',
      (db: DatabaseSync) => db.exec("insert into shelf_migration values ('0009-later', '2030-01-01T00:00:00Z')"),
    ],
    [
      'a part we do not know',
      (db: DatabaseSync) => db.exec('create table cellar_migration (name text, timestamp text)'),
    ],
    ['another layout', (db: DatabaseSync) => db.exec('pragma user_version = 2')],
  ])('written by a newer program: %s', async (_, age) => {
    await withBooks('one')
    const raw = new DatabaseSync(file)
    age(raw)
    raw.close()
    const refused = await refusal()
    expect(refused).toMatchObject({ kind: 'rejected', code: 'database/newer' })
    expect(String(refused)).toContain(file)
  })

  it('newer, with a log beside it that a writer would replay', async () => {
    await leaveWithLog()
    expect(await refusal([{ name: 'shelf', migrations: {} }])).toMatchObject({ code: 'database/newer' })
    expect(await books()).toEqual(['in the log'])
  })

  it("somebody else's", async () => {
    await withBooks()
    rmSync(file)
    const raw = new DatabaseSync(file)
    raw.exec('create table theirs (a)')
    raw.close()
    expect(await refusal()).toMatchObject({ kind: 'rejected', code: 'database/foreign' })
  })

  it('in a place where no file can be', async () => {
    writeFileSync(join(folder, 'plain'), '')
    file = join(folder, 'plain', 'meshlift.db')
    expect(await refusal()).toMatchObject({ kind: 'unavailable', code: 'database/not-writable' })
  })
})
