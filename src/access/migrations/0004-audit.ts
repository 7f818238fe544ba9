/** The audit log. Its rows are only ever added. */

import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const statements: readonly string[] = [
  `create table access_audit (
    number integer primary key,
    entry text not null,
    previous text not null,
    hash text not null
  ) strict`,
  // Against a mistake of ours. Somebody who holds the file can drop these; the chain is against that.
  `create trigger access_audit_fixed before update on access_audit
    begin select raise(abort, 'the audit log is only ever added to'); end`,
  `create trigger access_audit_kept before delete on access_audit
    begin select raise(abort, 'the audit log is only ever added to'); end`,
  `create table access_audit_head (
    one integer primary key check (one = 1),
    number integer not null,
    hash text not null,
    seal text not null
  ) strict`,
]

export const audit: Migration = {
  up: async (db) => {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}
