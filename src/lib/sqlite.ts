/**
 * One database file for several rooms: each brings its own tables and its own numbered, forward-only migrations.
 * A file that cannot be used is refused in one sentence and keeps every byte.
 */

import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Migration } from 'kysely/migration'
import { Problem, problemFrom } from './problem.ts'
import { damaged, readonlyRollback, sqliteDialect, sqliteErrorCode, sqliteProblem } from './sqlite-dialect.ts'

/** The tables of one part of the program. */
export interface Tables {
  /** Lower-case word; names its migration table, so it is never renamed. */
  readonly name: string
  /** `0001-word` and so on: applied in this order, each once; never changed after a release. */
  readonly migrations: Readonly<Record<string, Migration>>
}

export interface OpenDatabase {
  /** Each room sees its own tables through `withTables`. */
  readonly kysely: Kysely<unknown>
  /** Waits for the statement at work and gives the lock up. */
  close(): Promise<void>
}

/** `mlft`; tells a database of ours from somebody else's file. */
const applicationId = 0x6d6c6674

/** Layout of the file as a whole; migrations take care of the tables. */
const fileFormat = 1

/**
 * Opens or creates the file (mode 0600) and brings it up to date. Only this process may use it until it is closed:
 * WAL, a sync on each commit, exclusive lock.
 *
 * Throws `database/in-use` (conflict), `database/damaged`, `database/newer`, `database/foreign` (rejected: the file is
 * untouched), `database/not-writable` (unavailable).
 */
export async function openDatabase(file: string, parts: readonly Tables[]): Promise<OpenDatabase> {
  try {
    createPrivately(file)
    if (statSync(file).size > 0) inspectUntouched(file, parts)
  } catch (thrown) {
    throw fileProblem(thrown, file)
  }
  const database = new DatabaseSync(file)
  const kysely = new Kysely<unknown>({ dialect: sqliteDialect(database, file) })
  const close = async (): Promise<void> => {
    await kysely.destroy()
    if (database.isOpen) database.close()
  }
  try {
    lock(database)
    refuseStrange(database, file, parts)
    // Left by the look before; in exclusive mode the index of the log is in memory, so nobody needs it.
    rmSync(`${file}-shm`, { force: true })
    database.exec(`pragma application_id = ${applicationId}; pragma user_version = ${fileFormat}`)
    for (const part of parts) await migrate(kysely, part)
  } catch (thrown) {
    await close()
    throw sqliteProblem(thrown, file)
  }
  return { kysely, close }
}

/** It holds a password hash and what people called their clusters: nobody else's to read. The log beside it takes its mode. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
}

/** A connection that may write would replay its log into the file when it closes; this one cannot. */
function inspectUntouched(file: string, parts: readonly Tables[]): void {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    refuseStrange(database, file, parts)
    const [answer] = Object.values(database.prepare('pragma quick_check(1)').get() ?? {})
    if (answer !== 'ok') throw damaged(file, answer)
  } catch (thrown) {
    // Killed while it was made: what is half-written is rolled back by the next connection that may write.
    if (sqliteErrorCode(thrown) !== readonlyRollback) throw thrown
  } finally {
    database.close()
  }
}

function lock(database: DatabaseSync): void {
  // Exclusive before WAL: then no shared memory is used, and a second process is refused instead of let in.
  database.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full')
  database.exec('begin exclusive; commit')
}

function refuseStrange(database: DatabaseSync, file: string, parts: readonly Tables[]): void {
  const tables = namesIn(database, "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
  const owner = numberIn(database, 'pragma application_id')
  if (owner !== applicationId && (owner !== 0 || tables.length > 0))
    throw new Problem({
      kind: 'rejected',
      code: 'database/foreign',
      text: `database ${file} was not made by meshlift and was left as it is; name another data folder`,
    })
  const known = parts.flatMap(({ name }) => [migrationTable(name), lockTable(name)])
  const strange = tables.filter((table) => /_migrations?(_lock)?$/.test(table) && !known.includes(table))
  const later = parts
    .filter(({ name }) => tables.includes(migrationTable(name)))
    .flatMap(({ name, migrations }) =>
      namesIn(database, `select name from ${migrationTable(name)}`).filter((done) => !(done in migrations)),
    )
  if (numberIn(database, 'pragma user_version') > fileFormat || strange.length > 0 || later.length > 0)
    throw new Problem({
      kind: 'rejected',
      code: 'database/newer',
      text: `database ${file} was written by a newer meshlift and was left as it is; start that version, or name another data folder`,
    })
}

async function migrate(kysely: Kysely<unknown>, { name, migrations }: Tables): Promise<void> {
  const { error } = await new Migrator({
    db: kysely,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: migrationTable(name),
    migrationLockTableName: lockTable(name),
  }).migrateToLatest()
  if (error !== undefined) throw error instanceof Error ? error : problemFrom(error)
}

const migrationTable = (part: string): string => `${part}_migration`
const lockTable = (part: string): string => `${part}_migration_lock`

function namesIn(database: DatabaseSync, sql: string): readonly string[] {
  return database
    .prepare(sql)
    .all()
    .map(({ name }) => String(name))
}

function numberIn(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0])
}

/** A folder that is missing or closed is the same to a caller as a disk that is full. */
function fileProblem(thrown: unknown, file: string): Error {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  if (!/^E[A-Z]+$/.test(code)) return sqliteProblem(thrown, file)
  return new Problem({
    kind: 'unavailable',
    code: 'database/not-writable',
    text: `database ${file} cannot be opened (${code}); look at its folder and permissions`,
    cause: thrown,
  })
}
