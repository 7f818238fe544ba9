/** Access in the one database file: a restart keeps everybody logged in. */

import type { Kysely } from 'kysely'
import type { Tables } from '../lib/sqlite.ts'
import { sqliteAuditLog } from './audit/sqlite.ts'
import { sqliteDirectoryStore } from './directory/sqlite.ts'
import { accountsAndTokens } from './migrations/0001-accounts-and-tokens.ts'
import { directory } from './migrations/0002-directory.ts'
import { replays } from './migrations/0003-replays.ts'
import { audit } from './migrations/0004-audit.ts'
import { sqliteReplays } from './signing/replays-sqlite.ts'
import type { AccessStores } from './stores.ts'
import { sqliteTokenStore } from './tokens/sqlite.ts'

export const accessTables: Tables = {
  name: 'access',
  migrations: {
    '0001-accounts-and-tokens': accountsAndTokens,
    '0002-directory': directory,
    '0003-replays': replays,
    '0004-audit': audit,
  },
}

/** @param chainKey of the audit log: `seal.derive('audit')` */
export const sqliteAccessStores = (
  kysely: Kysely<unknown>,
  { chainKey }: { readonly chainKey: Buffer },
): AccessStores => ({
  directory: sqliteDirectoryStore(kysely),
  tokens: sqliteTokenStore(kysely),
  replays: sqliteReplays(kysely),
  audit: sqliteAuditLog(kysely, chainKey),
})

/** What could not be read without the key file, in words; for `openSeal`, before there is a key to make stores with. */
export async function sealedThings(kysely: Kysely<unknown>): Promise<readonly string[]> {
  const db = kysely.withTables<{ access_row: { kind: string }; access_audit: { number: number } }>()
  const { keys } = await db
    .selectFrom('access_row')
    .select((select) => select.fn.countAll<number>().as('keys'))
    .where('kind', '=', 'key')
    .executeTakeFirstOrThrow()
  const { entries } = await db
    .selectFrom('access_audit')
    .select((select) => select.fn.countAll<number>().as('entries'))
    .executeTakeFirstOrThrow()
  return [
    ...(keys > 0 ? [`the secrets of ${keys} access key${keys === 1 ? '' : 's'}`] : []),
    ...(entries > 0 ? [`the seal of the audit log (${entries} entr${entries === 1 ? 'y' : 'ies'})`] : []),
  ]
}
