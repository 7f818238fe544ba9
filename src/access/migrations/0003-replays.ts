import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const replays: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('access_replay')
      .addColumn('key', 'text', (column) => column.primaryKey().notNull())
      .addColumn('body_hash', 'text', (column) => column.notNull())
      .addColumn('begun_at', 'integer', (column) => column.notNull())
      // Absent until it was answered.
      .addColumn('status', 'integer')
      .addColumn('headers', 'text')
      .addColumn('body', 'text')
      .execute()
    await db.schema.createIndex('access_replay_begun_at').on('access_replay').column('begun_at').execute()
  },
}
