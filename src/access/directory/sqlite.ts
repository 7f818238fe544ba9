/** The directory in the one database file. It is small: read whole at the start, written row by row. */

import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { applied } from './apply.ts'
import { nameTaken } from './names.ts'
import type { Change, DirectoryStore, Kind } from './store.ts'

type Rows = {
  readonly access_row: {
    readonly kind: Kind
    /** Of a key, its AK. */
    readonly id: string
    readonly name: string | null
    /** JSON. */
    readonly body: string
  }
}

/** @param kysely of a database opened with the migration `0002-directory` */
export function sqliteDirectoryStore(kysely: Kysely<unknown>): DirectoryStore {
  const db = kysely.withTables<Rows>()
  return {
    async read() {
      const rows = await db
        .selectFrom('access_row')
        .selectAll()
        .orderBy(sql`rowid`)
        .execute()
      return applied(
        undefined,
        rows.map(({ kind, body }) => ({ put: kind, row: JSON.parse(body) }) as Change),
      )
    },
    write: (changes) =>
      db.transaction().execute(async (inside) => {
        for (const change of changes) await writeOne(inside, change)
      }),
  }
}

async function writeOne(db: Kysely<Rows>, change: Change): Promise<void> {
  if ('remove' in change) {
    await db.deleteFrom('access_row').where('kind', '=', change.remove).where('id', '=', change.id).execute()
    return
  }
  const { put: kind, row } = change
  const name = 'name' in row ? row.name : null
  const id = change.put === 'key' ? change.row.access : 'id' in row ? row.id : ''
  const body = JSON.stringify(row)
  if (name !== null) {
    const twin = await db
      .selectFrom('access_row')
      .select('id')
      .where('kind', '=', kind)
      .where('name', '=', name)
      .where('id', '!=', id)
      .executeTakeFirst()
    if (twin) throw nameTaken(kind, name)
  }
  await db
    .insertInto('access_row')
    .values({ kind, id, name, body })
    .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet({ name, body }))
    .execute()
}
