/** Clusters and meshes: the record as JSON, beside it what is searched for or must be unique. */

import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const table = (name: string): string => `create table ${name} (
    seq integer primary key autoincrement,
    id text not null unique,
    project text not null,
    name text not null,
    record text not null,
    unique (project, name)
  ) strict`

export const firstRegistry: Migration = {
  up: async (db) => {
    for (const name of ['cluster', 'mesh']) await sql.raw(table(name)).execute(db)
  },
}
