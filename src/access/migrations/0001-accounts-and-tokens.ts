import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const accountsAndTokens: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('access_account')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('password_hash', 'text', (column) => column.notNull())
      .addColumn('domain_id', 'text', (column) => column.notNull())
      .addColumn('domain_name', 'text', (column) => column.notNull())
      .addColumn('project_id', 'text', (column) => column.notNull())
      .addColumn('project_name', 'text', (column) => column.notNull())
      .addUniqueConstraint('access_account_name', ['domain_name', 'name'])
      .execute()
    await db.schema
      .createTable('access_token')
      .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
      .addColumn('account', 'text', (column) => column.notNull().references('access_account.id'))
      .addColumn('project_id', 'text')
      .addColumn('issued_at', 'integer', (column) => column.notNull())
      .addColumn('expires_at', 'integer', (column) => column.notNull())
      .execute()
  },
}
