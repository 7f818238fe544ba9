/** Tokens and temporary keys in the one database file: a restart keeps everybody logged in. */

import type { Kysely } from 'kysely'
import type { KeptToken, TokenStore } from './store.ts'

interface Row {
  readonly user: string
  readonly project: string | null
  readonly generation: number
  readonly issued_at: number
  readonly expires_at: number
}

type Rows = {
  readonly access_token: Row & { readonly hash: string }
  readonly access_temporary_key: Row & {
    readonly access: string
    readonly sealed: string
    readonly security_token_hash: string
  }
}

/** @param kysely of a database opened with the migration `0002-directory` */
export function sqliteTokenStore(kysely: Kysely<unknown>): TokenStore {
  const db = kysely.withTables<Rows>()
  return {
    async addToken(token) {
      await db
        .insertInto('access_token')
        .values({ hash: token.hash, ...rowOf(token) })
        .execute()
    },
    async token(hash) {
      const row = await db.selectFrom('access_token').selectAll().where('hash', '=', hash).executeTakeFirst()
      return row && { hash, ...givenOf(row) }
    },
    async addTemporaryKey(key) {
      const { access, sealed, securityTokenHash } = key
      await db
        .insertInto('access_temporary_key')
        .values({ access, sealed, security_token_hash: securityTokenHash, ...rowOf(key) })
        .execute()
    },
    async temporaryKey(access) {
      const row = await db
        .selectFrom('access_temporary_key')
        .selectAll()
        .where('access', '=', access)
        .executeTakeFirst()
      return row && { access, sealed: row.sealed, securityTokenHash: row.security_token_hash, ...givenOf(row) }
    },
    async forget(expiredBefore) {
      await db.deleteFrom('access_token').where('expires_at', '<', expiredBefore).execute()
      await db.deleteFrom('access_temporary_key').where('expires_at', '<', expiredBefore).execute()
    },
  }
}

type Given = Omit<KeptToken, 'hash'>

const rowOf = ({ user, project, generation, issuedAt, expiresAt }: Given): Row => ({
  user,
  project: project ?? null,
  generation,
  issued_at: issuedAt,
  expires_at: expiresAt,
})

const givenOf = ({ user, project, generation, issued_at, expires_at }: Row): Given => ({
  user,
  ...(project === null ? {} : { project }),
  generation,
  issuedAt: issued_at,
  expiresAt: expires_at,
})
