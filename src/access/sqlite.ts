/** Accounts and tokens in the one database file: a restart keeps everybody logged in. */

import type { Kysely } from 'kysely'
import type { Tables } from '../lib/sqlite.ts'
import { accountExists } from './account-exists.ts'
import { accountsAndTokens } from './migrations/0001-accounts-and-tokens.ts'
import type { AccessStore, Account, GivenToken } from './store.ts'

export const accessTables: Tables = {
  name: 'access',
  migrations: { '0001-accounts-and-tokens': accountsAndTokens },
}

interface AccountRow {
  readonly id: string
  readonly name: string
  readonly password_hash: string
  readonly domain_id: string
  readonly domain_name: string
  readonly project_id: string
  readonly project_name: string
}

interface TokenRow {
  readonly hash: string
  readonly account: string
  readonly project_id: string | null
  readonly issued_at: number
  readonly expires_at: number
}

export function sqliteAccessStore(kysely: Kysely<unknown>): AccessStore {
  const db = kysely.withTables<{ access_account: AccountRow; access_token: TokenRow }>()
  const accounts = db.selectFrom('access_account').selectAll()

  return {
    async isEmpty() {
      return (await accounts.limit(1).execute()).length === 0
    },
    async addAccount({ id, name, passwordHash, domain, project }) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('access_account')
        .values({
          id,
          name,
          password_hash: passwordHash,
          domain_id: domain.id,
          domain_name: domain.name,
          project_id: project.id,
          project_name: project.name,
        })
        .onConflict((conflict) => conflict.columns(['domain_name', 'name']).doNothing())
        .executeTakeFirst()
      if (numInsertedOrUpdatedRows === 0n) throw accountExists(name)
    },
    async findAccount(domainName, name) {
      const row = await accounts.where('domain_name', '=', domainName).where('name', '=', name).executeTakeFirst()
      return row && accountOf(row)
    },
    async account(id) {
      const row = await accounts.where('id', '=', id).executeTakeFirst()
      return row && accountOf(row)
    },
    async addToken({ hash, account, projectId, issuedAt, expiresAt }) {
      await db
        .insertInto('access_token')
        .values({ hash, account, project_id: projectId ?? null, issued_at: issuedAt, expires_at: expiresAt })
        .execute()
    },
    async findToken(hash) {
      const row = await db.selectFrom('access_token').selectAll().where('hash', '=', hash).executeTakeFirst()
      return row && tokenOf(row)
    },
    async dropTokens(expiredBefore) {
      await db.deleteFrom('access_token').where('expires_at', '<', expiredBefore).execute()
    },
  }
}

const accountOf = (row: AccountRow): Account => ({
  id: row.id,
  name: row.name,
  passwordHash: row.password_hash,
  domain: { id: row.domain_id, name: row.domain_name },
  project: { id: row.project_id, name: row.project_name },
})

const tokenOf = (row: TokenRow): GivenToken => ({
  hash: row.hash,
  account: row.account,
  ...(row.project_id === null ? {} : { projectId: row.project_id }),
  issuedAt: row.issued_at,
  expiresAt: row.expires_at,
})
