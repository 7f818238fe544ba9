/** Replays in the one database file: a write that was sent again after a restart is not done twice either. */

import type { Kysely } from 'kysely'
import type { Replays } from './replays.ts'
import { forgottenAfterMs } from './replays.ts'

interface ReplayRow {
  readonly key: string
  readonly body_hash: string
  readonly begun_at: number
  readonly status: number | null
  /** JSON. */
  readonly headers: string | null
  readonly body: string | null
}

export function sqliteReplays(kysely: Kysely<unknown>): Replays {
  const db = kysely.withTables<{ access_replay: ReplayRow }>()

  return {
    async begin(key, bodyHash, now) {
      await db
        .deleteFrom('access_replay')
        .where('begun_at', '<', now - forgottenAfterMs)
        .execute()
      for (;;) {
        const { numInsertedOrUpdatedRows } = await db
          .insertInto('access_replay')
          .values({ key, body_hash: bodyHash, begun_at: now, status: null, headers: null, body: null })
          .onConflict((conflict) => conflict.column('key').doNothing())
          .executeTakeFirstOrThrow()
        if (numInsertedOrUpdatedRows === 1n) return { kind: 'new' }
        const row = await db.selectFrom('access_replay').selectAll().where('key', '=', key).executeTakeFirst()
        // Forgotten between the two statements: then this one is the first again.
        if (row) return row.body_hash === bodyHash ? standing(row) : { kind: 'other-body' }
      }
    },
    async answered(key, { status, headers, body }) {
      await db
        .updateTable('access_replay')
        .set({ status, headers: JSON.stringify(headers), body: body ?? null })
        .where('key', '=', key)
        .execute()
    },
    async forget(key) {
      await db.deleteFrom('access_replay').where('key', '=', key).execute()
    },
  }
}

function standing({ status, headers, body }: ReplayRow): Awaited<ReturnType<Replays['begin']>> {
  if (status === null || headers === null) return { kind: 'unknown' }
  const sent = JSON.parse(headers) as Readonly<Record<string, string>>
  return { kind: 'answered', answer: { status, headers: sent, ...(body === null ? {} : { body }) } }
}
