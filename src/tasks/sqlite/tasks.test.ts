import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../../lib/sqlite.ts'
import { sql } from 'kysely'
import { firstTasks } from './migrations/0001-tasks.ts'
import { taskTables } from './tables.ts'
import { sqliteTasks } from './tasks.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-tasks-'))
  file = join(folder, 'meshlift.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Takes the lease, saves once, then dies in the middle of the next save without closing anything. */
const dying = `
  import { openDatabase } from ${JSON.stringify(new URL('../../lib/sqlite.ts', import.meta.url).href)}
  import { taskTables } from ${JSON.stringify(new URL('./tables.ts', import.meta.url).href)}
  import { sqliteTasks } from ${JSON.stringify(new URL('./tasks.ts', import.meta.url).href)}
  const database = await openDatabase(process.argv[1], [taskTables])
  const tasks = sqliteTasks(database.kysely)
  const epoch = await tasks.lease('server', 0, 1_000_000, true)
  const made = await tasks.create({ id: 't', project: 'p', subject: 'm', state: 0, createdAt: 0, command: { id: 'c', body: 0, at: 0 } })
  const rest = { task: 't', finished: false, items: [], keep: [] }
  const saved = await tasks.save(epoch, { ...rest, version: made.version, state: 1, folded: 'c', wakeAt: 5, notes: [{ at: 0, body: 'one' }] })
  const item = (index) => ({ id: 'i' + index, task: 't', job: 'j', path: 'p' + index, phase: 'Running', title: '', reason: '' })
  const items = Array.from({ length: 200 }, (_, index) => item(index))
  Object.defineProperty(items[199], 'phase', { enumerable: true, get: () => process.kill(process.pid, 'SIGKILL') })
  await tasks.save(epoch, { ...rest, version: saved.version, state: 2, wakeAt: 9, notes: [{ at: 1, body: 'two' }], items })
`

it('goes on where a killed process stood: what was committed, nothing of what was not', async () => {
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', dying, file])
  expect(signal).toBe('SIGKILL')
  const database = await openDatabase(file, [taskTables])
  const tasks = sqliteTasks(database.kysely)
  const task = await tasks.read('t')
  expect(task).toMatchObject({ state: 1, version: 2, wakeAt: 5 })
  expect(task?.command).toBeUndefined()
  expect(await tasks.notes('t', 0, 10)).toEqual([{ number: 1, at: 0, body: 'one' }])
  expect(await tasks.items('j')).toEqual([])
  expect(await tasks.lease('another', 1, 10, true)).toBeUndefined()
  expect(await tasks.lease('server', 1, 10, true)).toBe(2)
  await database.close()
})

it('lets requests go on while a save is at work, without mixing the two', async () => {
  const database = await openDatabase(file, [taskTables])
  const tasks = sqliteTasks(database.kysely)
  const epoch = (await tasks.lease('server', 0, 1_000, true)) ?? 0
  const make = (id: string): ReturnType<typeof tasks.create> =>
    tasks.create({ id, project: 'p', subject: id, state: 0, createdAt: 0, command: { id: `c-${id}`, body: 0, at: 0 } })
  const made = await make('t')
  const saving = tasks.save(epoch, {
    task: 't',
    version: made.version,
    state: 1,
    finished: false,
    wakeAt: undefined,
    items: [
      { id: 'i1', task: 't', job: 'j', path: 'same', phase: 'Running', title: '', reason: '' },
      { id: 'i2', task: 't', job: 'j', path: 'same', phase: 'Running', title: '', reason: '' },
    ],
    notes: [],
    keep: [],
  })
  const ends = await Promise.allSettled([saving, make('u'), tasks.items('j')])
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect(await tasks.read('u')).toMatchObject({ version: 1 })
  expect(await tasks.items('j')).toEqual([])
  await database.close()
})

it('finds the tasks of commands that were given before it noted them', async () => {
  const old = await openDatabase(file, [{ name: 'tasks', migrations: { '0001-tasks': firstTasks } }])
  const row = (id: string, state: unknown, open: string): ReturnType<ReturnType<typeof sql>['execute']> =>
    sql`insert into task (id, project, subject, finished, state, created_at, version, command_id, command_body, command_at)
      values (${id}, 'p', ${id}, 0, ${JSON.stringify(state)}, 0, 1, ${open}, '{}', 0)`.execute(old.kysely)
  await row('t', { jobs: [{ id: 'folded' }, { id: 'worked' }] }, 'open-t')
  await row('u', { jobs: 'none' }, 'open-u')
  await row('v', 0, 'open-v')
  await sql`insert into item (id, task, job, path, phase, title, reason)
    values ('i', 't', 'worked', 'a', 'Running', '', ''), ('k', 'u', 'other', 'a', 'Running', '', '')`.execute(
    old.kysely,
  )
  await old.close()
  const database = await openDatabase(file, [taskTables])
  const tasks = sqliteTasks(database.kysely)
  const owners: Record<string, string | undefined> = {}
  for (const id of ['folded', 'worked', 'other', 'open-t', 'open-u', 'open-v', 'i'])
    owners[id] = (await tasks.ofCommand(id))?.id
  expect(owners).toEqual({ folded: 't', worked: 't', other: 'u', 'open-t': 't', 'open-u': 'u', 'open-v': 'v' })
  await database.close()
})
