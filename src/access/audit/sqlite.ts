/** The audit log in the one database file. */

import type { Kysely } from 'kysely'
import { chained, shownEntry } from './chain.ts'
import type { ChainedEntry, Head } from './chain.ts'
import type { AuditLog } from './log.ts'
import { verifyChain } from './verify.ts'

type AuditDatabase = {
  readonly access_audit: ChainedEntry
  readonly access_audit_head: Head & { readonly one: number }
}

/** @param kysely of a database opened with the migration `0004-audit` */
export function sqliteAuditLog(kysely: Kysely<unknown>, chainKey: Buffer): AuditLog {
  const db = kysely.withTables<AuditDatabase>()
  const rows = (after: number, limit: number): Promise<readonly ChainedEntry[]> =>
    db.selectFrom('access_audit').selectAll().where('number', '>', after).orderBy('number').limit(limit).execute()
  return {
    // One connection: transactions go one after the other, so no two entries take the same number.
    append: (entry) =>
      db.transaction().execute(async (inside) => {
        const head = await headIn(inside)
        const made = chained(chainKey, entry, head, await lastIn(inside))
        await inside.insertInto('access_audit').values(made.next).execute()
        await inside
          .insertInto('access_audit_head')
          .values({ one: 1, ...made.head })
          .onConflict((conflict) => conflict.column('one').doUpdateSet(made.head))
          .execute()
      }),
    read: async (after, limit) => (await rows(after, limit)).map(shownEntry),
    last: () => lastIn(db),
    verify: (signal) => verifyChain(chainKey, { head: () => headIn(db), rows }, signal),
  }
}

async function headIn(db: Kysely<AuditDatabase>): Promise<Head | undefined> {
  return db.selectFrom('access_audit_head').select(['number', 'hash', 'seal']).executeTakeFirst()
}

async function lastIn(db: Kysely<AuditDatabase>): Promise<number> {
  const { last } = await db
    .selectFrom('access_audit')
    .select((select) => select.fn.max('number').as('last'))
    .executeTakeFirstOrThrow()
  return last ?? 0
}
