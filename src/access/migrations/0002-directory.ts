/** One table of rows for the directory; tokens with a generation, temporary keys beside them. */

import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

type Before = {
  readonly access_account: {
    readonly id: string
    readonly name: string
    readonly password_hash: string
    readonly domain_id: string
    readonly domain_name: string
    readonly project_id: string
    readonly project_name: string
  }
}

export const directory: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('access_row')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('body', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('access_row_key', ['kind', 'id'])
      .execute()
    // Where there is no name there is nothing to be unique: SQLite takes any number of nulls.
    await db.schema.createIndex('access_row_name').on('access_row').columns(['kind', 'name']).unique().execute()
    await moveAccounts(db)

    // Tokens of before say nothing of a generation: their owners log in once more.
    await db.schema.dropTable('access_token').execute()
    await db.schema.dropTable('access_account').execute()
    for (const [table, key] of [
      ['access_token', 'hash'],
      ['access_temporary_key', 'access'],
    ] as const) {
      await db.schema
        .createTable(table)
        .addColumn(key, 'text', (column) => column.primaryKey().notNull())
        .addColumn('user', 'text', (column) => column.notNull())
        .addColumn('project', 'text')
        .addColumn('generation', 'integer', (column) => column.notNull())
        .addColumn('issued_at', 'integer', (column) => column.notNull())
        .addColumn('expires_at', 'integer', (column) => column.notNull())
        .$call((made) =>
          table === 'access_token'
            ? made
            : made
                .addColumn('sealed', 'text', (column) => column.notNull())
                .addColumn('security_token_hash', 'text', (column) => column.notNull()),
        )
        .execute()
      await db.schema.createIndex(`${table}_expires`).on(table).column('expires_at').execute()
    }
  },
}

/** There was one account, with one domain and one project; it was the one that could do everything, and still is. */
async function moveAccounts(db: Kysely<unknown>): Promise<void> {
  const account = await db
    .withTables<Before>()
    .selectFrom('access_account')
    .selectAll()
    .orderBy(sql`rowid`)
    .executeTakeFirst()
  if (!account) return
  const { now } = await sql<{ now: number }>`select unixepoch() * 1000 as now`
    .execute(db)
    .then(({ rows: [row] }) => row ?? { now: 0 })
  const rows = [
    { kind: 'domain', row: { id: account.domain_id, name: account.domain_name } },
    { kind: 'project', row: { id: account.project_id, name: account.project_name } },
    {
      kind: 'user',
      row: {
        id: account.id,
        name: account.name,
        passwordHash: account.password_hash,
        enabled: true,
        administrator: true,
        generation: 1,
        createdAt: now,
      },
    },
  ]
  await db
    .withTables<{ access_row: { kind: string; id: string; name: string | null; body: string } }>()
    .insertInto('access_row')
    .values(rows.map(({ kind, row }) => ({ kind, id: row.id, name: row.name, body: JSON.stringify(row) })))
    .execute()
}
