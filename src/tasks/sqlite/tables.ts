/** Rows as SQLite holds them, and how they are read. Times in milliseconds, JSON as text, truth as 0 and 1. */

import type { Generated, Selectable } from 'kysely'
import type { Tables } from '../../lib/sqlite.ts'
import type { Item, Note, Task } from '../store.ts'
import { firstTasks } from './migrations/0001-tasks.ts'
import { commandsOfTasks } from './migrations/0002-commands.ts'

/** What this room asks of the database file. */
export const taskTables: Tables = {
  name: 'tasks',
  migrations: { '0001-tasks': firstTasks, '0002-commands': commandsOfTasks },
}

export type TaskDatabase = {
  task: TaskRow
  command: { id: string; task: string }
  item: ItemRow
  note: NoteRow
  kept: { task: string; key: string; value: string }
  lease: { one: number; epoch: number; owner: string | null; expires_at: number }
}

interface TaskRow {
  /** Order of creation. */
  seq: Generated<number>
  id: string
  project: string
  subject: string
  finished: number
  state: string
  wake_at: number | null
  created_at: number
  version: number
  command_id: string | null
  command_body: string | null
  command_at: number | null
}

interface ItemRow {
  /** Order in which items were first written. */
  seq: Generated<number>
  id: string
  task: string
  job: string
  path: string
  phase: Item['phase']
  title: string
  reason: string
  started_at: number | null
  completed_at: number | null
}

interface NoteRow {
  task: string
  number: number
  at: number
  body: string
}

export function taskFrom(row: Selectable<TaskRow>): Task {
  const { id, project, subject, version } = row
  return {
    id,
    project,
    subject,
    finished: row.finished === 1,
    state: JSON.parse(row.state),
    wakeAt: row.wake_at ?? undefined,
    createdAt: row.created_at,
    version,
    command:
      row.command_id === null
        ? undefined
        : { id: row.command_id, body: JSON.parse(row.command_body ?? 'null'), at: row.command_at ?? 0 },
  }
}

export function itemFrom({ id, task, job, path, phase, title, reason, ...row }: Selectable<ItemRow>): Item {
  return {
    id,
    task,
    job,
    path,
    phase,
    title,
    reason,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.completed_at === null ? {} : { completedAt: row.completed_at }),
  }
}

export function itemValues({ startedAt, completedAt, ...item }: Item): Omit<Selectable<ItemRow>, 'seq'> {
  return { ...item, started_at: startedAt ?? null, completed_at: completedAt ?? null }
}

export function noteFrom({ number, at, body }: Selectable<NoteRow>): Note {
  return { number, at, body: JSON.parse(body) }
}

/** JSON has no undefined; absent is null. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}
