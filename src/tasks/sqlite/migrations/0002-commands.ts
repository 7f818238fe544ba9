/** Which task a command was given to, for as long as the task is there: a job is asked for by the id of its command. */

import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const statements: readonly string[] = [
  `create table command (
    id text primary key,
    task text not null references task (id) on delete cascade
  ) strict, without rowid`,
  `create index command_task on command (task)`,
  // Commands of before: open ones, and those that became a job. No other way leads to a job that had no items yet
  // than the owner's own list, as it was written until this migration.
  `insert or ignore into command (id, task) select command_id, id from task where command_id is not null`,
  `insert or ignore into command (id, task) select distinct job, task from item where job != ''`,
  `insert or ignore into command (id, task)
    select case job.type when 'object' then json_extract(job.value, '$.id') end, task.id
    from task, json_each(task.state, '$.jobs') as job`,
]

export const commandsOfTasks: Migration = {
  up: async (db) => {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}
