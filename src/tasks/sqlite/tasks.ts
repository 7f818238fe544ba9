/** Tasks in SQLite. One connection, so a transaction has the database to itself; each commit is synced to disk. */

import { sql } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import { giveUpLease, holdsLease, takeLease } from '../lease.ts'
import type { Lease } from '../lease.ts'
import { taskListeners } from '../listeners.ts'
import { alreadyFinished, busy, commandOpen, leaseLost, moved, unknownTask } from '../refusals.ts'
import type { Epoch, Save, Task, TaskDesk, TaskStore } from '../store.ts'
import { itemFrom, itemValues, jsonText, noteFrom, taskFrom } from './tables.ts'
import type { TaskDatabase } from './tables.ts'

/** Inside a transaction only its own handle may be asked: the other one waits for the connection, for ever. */
type Inside = Transaction<TaskDatabase>

/** @param kysely of a database opened with `taskTables` */
export function sqliteTasks(kysely: Kysely<unknown>): TaskStore & TaskDesk {
  const db = kysely.withTables<TaskDatabase>()
  const { watch, tell } = taskListeners()

  /** All of it or nothing; who waits for news hears of it only when it is on disk. */
  const change = async (what: (inside: Inside) => Promise<Task>): Promise<Task> => {
    const task = await db.transaction().execute(what)
    tell(task.id)
    return task
  }
  const read = async (task: string): Promise<Task | undefined> => {
    const row = await db.selectFrom('task').selectAll().where('id', '=', task).executeTakeFirst()
    return row === undefined ? undefined : taskFrom(row)
  }

  const store: TaskStore = {
    lease: (owner, now, ttlMs, fresh) =>
      db.transaction().execute(async (inside) => {
        const taken = takeLease(await leaseIn(inside), { owner, now, ttlMs, fresh })
        if (taken !== undefined) await writeLease(inside, taken)
        return taken?.epoch
      }),
    release: (owner) =>
      db.transaction().execute(async (inside) => writeLease(inside, giveUpLease(await leaseIn(inside), owner))),
    holds: (epoch) => checkLease(db, epoch),
    due: async (now, limit) => {
      const rows = await db
        .selectFrom('task')
        .selectAll()
        .where('finished', '=', sql.lit(0)) // in the text, not bound: only then the index of unfinished ones is used
        .where((where) => where.or([where('command_id', 'is not', null), where('wake_at', '<=', now)]))
        .orderBy(sql`min(coalesce(wake_at, command_at), coalesce(command_at, wake_at))`)
        .orderBy('seq')
        .limit(limit)
        .execute()
      return rows.map(taskFrom)
    },
    nextWake: async () => {
      const row = await db
        .selectFrom('task')
        .select((select) => select.fn.min('wake_at').as('wake'))
        .where('finished', '=', sql.lit(0))
        .executeTakeFirst()
      return row?.wake ?? undefined
    },
    save: (epoch, save) =>
      change(async (inside) => {
        await checkLease(inside, epoch)
        const task = await unfinished(inside, save.task)
        if (task.version !== save.version) throw moved(task.id)
        if (save.folded !== undefined && task.command?.id !== save.folded) throw moved(task.id)
        await writeBeside(inside, save)
        return writeTask(inside, save)
      }),
    kept: async (task, key) => {
      const row = await db
        .selectFrom('kept')
        .select('value')
        .where('task', '=', task)
        .where('key', '=', key)
        .executeTakeFirst()
      return row === undefined ? undefined : JSON.parse(row.value)
    },
    read,
  }

  const desk: TaskDesk = {
    create: ({ id, project, subject, state, createdAt, command }) =>
      change(async (inside) => {
        const other = await inside
          .selectFrom('task')
          .select('id')
          .where('subject', '=', subject)
          .where('finished', '=', sql.lit(0))
          .executeTakeFirst()
        if (other !== undefined) throw busy(subject, other.id)
        const row = await inside
          .insertInto('task')
          .values({
            id,
            project,
            subject,
            state: jsonText(state),
            created_at: createdAt,
            finished: 0,
            version: 1,
            command_id: command.id,
            command_body: jsonText(command.body),
            command_at: command.at,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        await inside.insertInto('command').values({ id: command.id, task: id }).execute()
        return taskFrom(row)
      }),
    command: (id, command, version) =>
      change(async (inside) => {
        const task = await unfinished(inside, id)
        if (task.command !== undefined) throw commandOpen(id, task.command.id)
        if (task.version !== version) throw moved(id)
        await inside.insertInto('command').values({ id: command.id, task: id }).execute()
        const row = await inside
          .updateTable('task')
          .set({
            version: version + 1,
            command_id: command.id,
            command_body: jsonText(command.body),
            command_at: command.at,
          })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        return taskFrom(row)
      }),
    read,
    list: async ({ project, subject, unfinished: open }) => {
      const rows = await db
        .selectFrom('task')
        .selectAll()
        .$if(project !== undefined, (query) => query.where('project', '=', project ?? ''))
        .$if(subject !== undefined, (query) => query.where('subject', '=', subject ?? ''))
        .$if(open === true, (query) => query.where('finished', '=', sql.lit(0)))
        .orderBy('created_at', 'desc')
        .orderBy('seq', 'desc')
        .execute()
      return rows.map(taskFrom)
    },
    page: async ({ project, subjects, after, limit }) => {
      const last = after === undefined ? undefined : await placeOf(db, after)
      const rows = await db
        .selectFrom('task')
        .selectAll()
        .where('project', '=', project)
        .where('subject', 'in', [...subjects])
        .$if(last !== undefined, (query) => query.where(sql<boolean>`(created_at, seq) < (${last?.at}, ${last?.seq})`))
        .orderBy('created_at', 'desc')
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute()
      return rows.map(taskFrom)
    },
    subjects: async (project) => {
      const rows = await db.selectFrom('task').select('subject').distinct().where('project', '=', project).execute()
      return rows.map(({ subject }) => subject)
    },
    ofCommand: async (id) => {
      const row = await db
        .selectFrom('task')
        .selectAll('task')
        .innerJoin('command', 'command.task', 'task.id')
        .where('command.id', '=', id)
        .executeTakeFirst()
      return row === undefined ? undefined : taskFrom(row)
    },
    items: async (job) =>
      (await db.selectFrom('item').selectAll().where('job', '=', job).orderBy('seq').execute()).map(itemFrom),
    item: async (id) => {
      const row = await db.selectFrom('item').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? undefined : itemFrom(row)
    },
    notes: async (task, after, limit) => {
      const rows = await db
        .selectFrom('note')
        .selectAll()
        .where('task', '=', task)
        .where('number', '>', after)
        .orderBy('number')
        .limit(limit)
        .execute()
      return rows.map(noteFrom)
    },
    remove: async (id, version) => {
      await db.transaction().execute(async (inside) => {
        const row = await inside.selectFrom('task').select('version').where('id', '=', id).executeTakeFirst()
        if (row === undefined) throw unknownTask(id)
        if (row.version !== version) throw moved(id)
        await inside.deleteFrom('task').where('id', '=', id).execute() // items, notes and side rows go with it
      })
      tell(id)
    },
    watch,
  }

  return { ...store, ...desk }
}

async function placeOf(db: Kysely<TaskDatabase>, task: string): Promise<{ readonly at: number; readonly seq: number }> {
  const row = await db.selectFrom('task').select(['created_at as at', 'seq']).where('id', '=', task).executeTakeFirst()
  if (row === undefined) throw unknownTask(task)
  return row
}

async function leaseIn(db: Kysely<TaskDatabase>): Promise<Lease> {
  const { epoch, owner, expires_at } = await db.selectFrom('lease').selectAll().executeTakeFirstOrThrow()
  return { epoch, owner, expiresAt: expires_at }
}

async function writeLease(inside: Inside, { epoch, owner, expiresAt }: Lease): Promise<void> {
  await inside.updateTable('lease').set({ epoch, owner, expires_at: expiresAt }).execute()
}

async function checkLease(db: Kysely<TaskDatabase>, epoch: Epoch): Promise<void> {
  if (!holdsLease(await leaseIn(db), epoch)) throw leaseLost()
}

async function unfinished(inside: Inside, id: string): Promise<Task> {
  const row = await inside.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw unknownTask(id)
  if (row.finished === 1) throw alreadyFinished(id)
  return taskFrom(row)
}

/** Below SQLite's bound on the values of one statement, whatever the size of the mesh. */
const itemsAtOnce = 500

/** Items, notes and side rows. */
async function writeBeside(inside: Inside, save: Save): Promise<void> {
  for (let start = 0; start < save.items.length; start += itemsAtOnce)
    await inside
      .insertInto('item')
      .values(save.items.slice(start, start + itemsAtOnce).map(itemValues))
      // Keeps its seq, hence its place in the order.
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((row) => ({
          task: row.ref('excluded.task'),
          job: row.ref('excluded.job'),
          path: row.ref('excluded.path'),
          phase: row.ref('excluded.phase'),
          title: row.ref('excluded.title'),
          reason: row.ref('excluded.reason'),
          started_at: row.ref('excluded.started_at'),
          completed_at: row.ref('excluded.completed_at'),
        })),
      )
      .execute()
  const { last } = await inside
    .selectFrom('note')
    .select((select) => select.fn.max('number').as('last'))
    .where('task', '=', save.task)
    .executeTakeFirstOrThrow()
  for (const [index, { at, body }] of save.notes.entries())
    await inside
      .insertInto('note')
      .values({ task: save.task, number: (last ?? 0) + index + 1, at, body: jsonText(body) })
      .execute()
  for (const { key, value } of save.keep)
    await inside
      .insertInto('kept')
      .values({ task: save.task, key, value: jsonText(value) })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

async function writeTask(inside: Inside, save: Save): Promise<Task> {
  const row = await inside
    .updateTable('task')
    .set({
      state: jsonText(save.state),
      finished: save.finished ? 1 : 0,
      wake_at: save.wakeAt ?? null,
      version: save.version + 1,
      ...(save.folded === undefined ? {} : { command_id: null, command_body: null, command_at: null }),
    })
    .where('id', '=', save.task)
    .returningAll()
    .executeTakeFirstOrThrow()
  return taskFrom(row)
}
