/** A mesh that was forgotten is kept as it was: policies about its old upgrades go by its tags and enterprise project. */

import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const forgottenMeshes: Migration = {
  up: async (db) => {
    await sql`create table forgotten_mesh (
      id text not null primary key,
      project text not null,
      record text not null
    ) strict`.execute(db)
  },
}
