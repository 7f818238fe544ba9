/** Kysely over the SQLite that Node carries, and SQLite's errors in the program's words. */

import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { SqliteAdapter, SqliteDialect } from 'kysely'
import type { DialectAdapter, SqliteDatabase, SqliteStatement } from 'kysely'
import { Problem, problemFrom } from './problem.ts'

/** Kysely thinks of other drivers here; SQLite itself can take back a half-done migration. */
class TransactionalDdl extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class NodeSqliteDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new TransactionalDdl()
  }
}

/** @param file for sentences only */
export function sqliteDialect(database: DatabaseSync, file: string): SqliteDialect {
  const guarded = <T>(ask: () => T): T => {
    try {
      return ask()
    } catch (thrown) {
      throw sqliteProblem(thrown, file)
    }
  }
  const prepare = (sql: string): SqliteStatement => {
    const statement = guarded(() => database.prepare(sql))
    const bound = (values: readonly unknown[]): SQLInputValue[] => values as SQLInputValue[]
    return {
      reader: statement.columns().length > 0,
      all: (values) => guarded(() => statement.all(...bound(values))),
      run: (values) => guarded(() => statement.run(...bound(values))),
      iterate: (values) => statement.iterate(...bound(values)),
    }
  }
  const adapted: SqliteDatabase = { prepare, close: () => database.close() }
  return new NodeSqliteDialect({ database: adapted })
}

/** Primary result codes, https://sqlite.org/rescode.html */
const codes = { busy: 5, readonly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notDatabase: 26 } as const

/** A hot journal stands beside the file and this connection may not roll it back. */
export const readonlyRollback = 776

export function sqliteErrorCode(thrown: unknown): number | undefined {
  const code = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined
  return typeof code === 'number' ? code : undefined
}

/** What SQLite threw as a Problem where the cause lies outside the program; anything else (a wrong statement) as it came. */
export function sqliteProblem(thrown: unknown, file: string): Error {
  const code = sqliteErrorCode(thrown) ?? 0
  switch (code & 0xff) {
    case codes.busy:
      return new Problem({
        kind: 'conflict',
        code: 'database/in-use',
        text: `database ${file} is in use by another process`,
        cause: thrown,
      })
    case codes.corrupt:
    case codes.notDatabase:
      return damaged(file, thrown)
    case codes.full:
    case codes.ioError:
    case codes.cannotOpen:
    case codes.readonly:
      return new Problem({
        kind: 'unavailable',
        code: 'database/not-writable',
        text: `database ${file} cannot be read or written (${thrown instanceof Error ? thrown.message : 'no reason given'}); look at its disk, folder and permissions`,
        cause: thrown,
      })
    default:
      return thrown instanceof Error ? thrown : problemFrom(thrown)
  }
}

export function damaged(file: string, cause?: unknown): Problem {
  return new Problem({
    kind: 'rejected',
    code: 'database/damaged',
    text: `database ${file} is damaged and was left as it is; put a backup in its place or move it away`,
    cause,
  })
}
