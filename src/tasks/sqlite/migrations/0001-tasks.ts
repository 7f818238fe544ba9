/** Tasks, their items, notes and side rows, and the one lease row. */

import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const statements: readonly string[] = [
  `create table task (
    seq integer primary key autoincrement,
    id text not null unique,
    project text not null,
    subject text not null,
    finished integer not null,
    state text not null,
    wake_at integer,
    created_at integer not null,
    version integer not null,
    command_id text,
    command_body text,
    command_at integer
  ) strict`,
  // At most one unfinished task a subject, whatever two requests do at the same moment.
  `create unique index task_unfinished on task (subject) where finished = 0`,
  `create index task_listed on task (project, created_at)`,
  `create index task_subject on task (subject, created_at)`,
  `create table item (
    seq integer primary key autoincrement,
    id text not null unique,
    task text not null references task (id) on delete cascade,
    job text not null,
    path text not null,
    phase text not null,
    title text not null,
    reason text not null,
    started_at integer,
    completed_at integer,
    unique (job, path)
  ) strict`,
  `create index item_job on item (job, seq)`,
  `create index item_task on item (task)`,
  `create table note (
    task text not null references task (id) on delete cascade,
    number integer not null,
    at integer not null,
    body text not null,
    primary key (task, number)
  ) strict, without rowid`,
  `create table kept (
    task text not null references task (id) on delete cascade,
    key text not null,
    value text not null,
    primary key (task, key)
  ) strict`,
  `create table lease (
    one integer primary key check (one = 1),
    epoch integer not null,
    owner text,
    expires_at integer not null
  ) strict`,
  `insert into lease (one, epoch, owner, expires_at) values (1, 0, null, 0)`,
]

export const firstTasks: Migration = {
  up: async (db) => {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
}
