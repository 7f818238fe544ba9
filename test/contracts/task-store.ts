/** What every task store must do. Each driver runs this suite beside its own tests. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Command, Item, Save, Task, TaskDesk, TaskStore } from '../../src/tasks/store.ts'

export interface OpenedTasks {
  readonly tasks: TaskStore & TaskDesk
  close(): Promise<void>
}

const command = (id: string, at = 100): Command => ({ id, body: { ask: 'execute' }, at })

const item = (id: string, path: string, more: Partial<Item> = {}): Item => ({
  id,
  task: 't1',
  job: 'job-1',
  path,
  phase: 'Running',
  title: `Title of ${id}`,
  reason: 'waiting',
  ...more,
})

/** Only a bug of ours does this; a driver may say it in its database's words. */
const pathTaken = /Two items|UNIQUE/

export function taskStoreContract(driver: string, open: () => Promise<OpenedTasks>): void {
  describe(`task store: ${driver}`, () => {
    let tasks: TaskStore & TaskDesk
    let close: () => Promise<void>
    let epoch: number

    beforeEach(async () => {
      const opened = await open()
      tasks = opened.tasks
      close = () => opened.close()
      epoch = (await tasks.lease('us', 0, 1_000_000, true)) ?? 0
    })
    afterEach(() => close())

    const create = (
      id = 't1',
      subject = 'mesh-1',
      more: { project?: string; createdAt?: number } = {},
    ): Promise<Task> =>
      tasks.create({
        id,
        project: more.project ?? 'p1',
        subject,
        state: { stands: 'new' },
        createdAt: more.createdAt ?? 100,
        command: command(`${id}-start`),
      })
    const saveOf = (task: Task, more: Partial<Save> = {}): Save => ({
      task: task.id,
      version: task.version,
      state: task.state,
      finished: false,
      wakeAt: undefined,
      items: [],
      notes: [],
      keep: [],
      ...more,
    })
    const save = (task: Task, more: Partial<Save> = {}): Promise<Task> => tasks.save(epoch, saveOf(task, more))
    const fold = (task: Task, more: Partial<Save> = {}): Promise<Task> =>
      save(task, { ...(task.command === undefined ? {} : { folded: task.command.id }), ...more })
    const finish = (task: Task): Promise<Task> => fold(task, { finished: true })
    /** Everything that can be read of t1 and its job. */
    const picture = async (): Promise<unknown> => ({
      task: await tasks.read('t1'),
      items: await tasks.items('job-1'),
      notes: await tasks.notes('t1', 0, 100),
      kept: await tasks.kept('t1', 'before'),
      wake: await tasks.nextWake(),
    })

    describe('creating', () => {
      it('stores the task with its command open', async () => {
        const made = await create()
        expect(made).toEqual({
          id: 't1',
          project: 'p1',
          subject: 'mesh-1',
          finished: false,
          state: { stands: 'new' },
          wakeAt: undefined,
          createdAt: 100,
          version: 1,
          command: { id: 't1-start', body: { ask: 'execute' }, at: 100 },
        })
        expect(await tasks.read('t1')).toEqual(made)
        expect(await tasks.read('t2')).toBeUndefined()
      })

      it('refuses a second unfinished task of the same subject, and takes it when the first is finished', async () => {
        const made = await create()
        await expect(create('t2')).rejects.toMatchObject({ kind: 'conflict', code: 'tasks/busy' })
        expect(await tasks.read('t2')).toBeUndefined()
        await create('t3', 'mesh-2')
        await finish(made)
        await create('t2')
      })

      it('lets one of two simultaneous ones through', async () => {
        const ends = await Promise.allSettled([create('t1'), create('t2')])
        expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
        expect(await tasks.list({ subject: 'mesh-1' })).toHaveLength(1)
      })

      it('refuses an id that is taken', async () => {
        await create()
        await expect(create('t1', 'mesh-2')).rejects.toThrow(/exists|UNIQUE/)
        expect(await tasks.list({})).toHaveLength(1)
      })

      it('lists newest first, by project and by subject', async () => {
        await create('t1', 'mesh-1', { createdAt: 100 })
        await create('t2', 'mesh-2', { createdAt: 300 })
        await create('t3', 'mesh-3', { createdAt: 200, project: 'p2' })
        await create('t4', 'mesh-4', { createdAt: 300 })
        const ids = async (filter: Parameters<TaskDesk['list']>[0]): Promise<readonly string[]> =>
          (await tasks.list(filter)).map(({ id }) => id)
        expect(await ids({})).toEqual(['t4', 't2', 't3', 't1'])
        expect(await ids({ project: 'p1' })).toEqual(['t4', 't2', 't1'])
        expect(await ids({ subject: 'mesh-3' })).toEqual(['t3'])
        expect(await ids({ project: 'p1', subject: 'mesh-3' })).toEqual([])
      })

      it('lists those that are not finished', async () => {
        await finish(await create('t1'))
        await create('t2')
        await create('t3', 'mesh-2')
        await create('t4', 'mesh-3', { project: 'p2' })
        const ids = async (filter: Parameters<TaskDesk['list']>[0]): Promise<readonly string[]> =>
          (await tasks.list({ ...filter, unfinished: true })).map(({ id }) => id)
        expect(await ids({})).toEqual(['t4', 't3', 't2'])
        expect(await ids({ project: 'p1' })).toEqual(['t3', 't2'])
        expect(await ids({ subject: 'mesh-1' })).toEqual(['t2'])
      })
    })

    describe('pages', () => {
      const ids = async (asked: Partial<Parameters<TaskDesk['page']>[0]>): Promise<readonly string[]> =>
        (await tasks.page({ project: 'p1', subjects: ['m1', 'm2', 'm3'], limit: 10, ...asked })).map(({ id }) => id)
      beforeEach(async () => {
        await finish(await create('t1', 'm1', { createdAt: 100 }))
        await create('t2', 'm2', { createdAt: 300 })
        await create('t3', 'm3', { createdAt: 200 })
        await create('t4', 'm1', { createdAt: 300 })
        await create('t5', 'm4', { createdAt: 400 })
        await create('t6', 'm5', { createdAt: 250, project: 'p2' })
      })

      it('are of these subjects in this project, newest first', async () => {
        expect(await ids({})).toEqual(['t4', 't2', 't3', 't1'])
        expect(await ids({ subjects: ['m1', 'm5'] })).toEqual(['t4', 't1'])
        expect(await ids({ project: 'p2', subjects: ['m1', 'm5'] })).toEqual(['t6'])
        expect(await ids({ subjects: [] })).toEqual([])
      })

      it('go on after any task, each once, whatever was made at the same moment', async () => {
        expect(await ids({ limit: 1 })).toEqual(['t4'])
        expect(await ids({ limit: 1, after: 't4' })).toEqual(['t2'])
        expect(await ids({ limit: 2, after: 't2' })).toEqual(['t3', 't1'])
        expect(await ids({ after: 't1' })).toEqual([])
        expect(await ids({ after: 't5' })).toEqual(['t4', 't2', 't3', 't1'])
      })

      it('are not moved by what is made or removed meanwhile', async () => {
        expect(await ids({ limit: 2 })).toEqual(['t4', 't2'])
        await create('t7', 'm6', { createdAt: 500 })
        const gone = await tasks.read('t4')
        await tasks.remove('t4', gone?.version ?? 0)
        expect(await ids({ limit: 2, after: 't2' })).toEqual(['t3', 't1'])
      })

      it('are asked for by subjects, which are known each once', async () => {
        expect((await tasks.subjects('p1')).toSorted()).toEqual(['m1', 'm2', 'm3', 'm4'])
        expect(await tasks.subjects('p2')).toEqual(['m5'])
        expect(await tasks.subjects('p3')).toEqual([])
      })

      it('are refused after a task that is not there', async () => {
        await expect(ids({ after: 't9' })).rejects.toMatchObject({ kind: 'not-found', code: 'tasks/unknown' })
      })
    })

    describe('commands', () => {
      it('lead to their task, open or folded, for as long as it is there', async () => {
        const folded = await fold(await create())
        const asked = await tasks.command('t1', command('c2'), folded.version)
        expect(await tasks.ofCommand('t1-start')).toEqual(asked)
        expect(await tasks.ofCommand('c2')).toEqual(asked)
        await fold(asked)
        expect((await tasks.ofCommand('c2'))?.id).toBe('t1')
        expect(await tasks.ofCommand('t1')).toBeUndefined()
        const now = await tasks.read('t1')
        await tasks.remove('t1', now?.version ?? 0)
        expect(await tasks.ofCommand('c2')).toBeUndefined()
      })

      it('that were refused lead nowhere', async () => {
        await create()
        await expect(tasks.command('t1', command('c2'), 1)).rejects.toMatchObject({ code: 'tasks/command-open' })
        await expect(create('t2')).rejects.toMatchObject({ code: 'tasks/busy' })
        expect(await tasks.ofCommand('c2')).toBeUndefined()
        expect(await tasks.ofCommand('t2-start')).toBeUndefined()
      })

      it('have an id of their own: a second one is a bug and writes nothing', async () => {
        const folded = await fold(await create())
        await expect(tasks.command('t1', command('t1-start'), folded.version)).rejects.toThrow(/before|UNIQUE/)
        expect(await tasks.read('t1')).toEqual(folded)
      })

      it('are open one at a time', async () => {
        const made = await create()
        await expect(tasks.command('t1', command('c2'), made.version)).rejects.toMatchObject({
          kind: 'conflict',
          code: 'tasks/command-open',
        })
        const folded = await fold(made)
        expect(folded.command).toBeUndefined()
        const asked = await tasks.command('t1', command('c2', 200), folded.version)
        expect(asked).toMatchObject({ version: folded.version + 1, command: { id: 'c2', at: 200 } })
        expect(await tasks.read('t1')).toEqual(asked)
      })

      it('let one of two simultaneous ones through', async () => {
        const folded = await fold(await create())
        const ends = await Promise.allSettled([
          tasks.command('t1', command('c2'), folded.version),
          tasks.command('t1', command('c3'), folded.version),
        ])
        expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
        expect((await tasks.read('t1'))?.command?.id).toBe(ends[0].status === 'fulfilled' ? 'c2' : 'c3')
      })

      it('are refused when the task was changed since it was judged', async () => {
        const folded = await fold(await create())
        await save(folded)
        await expect(tasks.command('t1', command('c2'), folded.version)).rejects.toMatchObject({
          kind: 'conflict',
          code: 'tasks/moved',
        })
        expect((await tasks.read('t1'))?.command).toBeUndefined()
      })

      it('are refused by a finished task and by one that is not there', async () => {
        const done = await finish(await create())
        await expect(tasks.command('t1', command('c2'), done.version)).rejects.toMatchObject({ code: 'tasks/finished' })
        await expect(tasks.command('t9', command('c2'), 1)).rejects.toMatchObject({ kind: 'not-found' })
      })

      it('stay open until a save names them', async () => {
        const kept = await save(await create())
        expect(kept.command?.id).toBe('t1-start')
        await expect(save(kept, { folded: 'another' })).rejects.toMatchObject({ code: 'tasks/moved' })
        expect((await tasks.read('t1'))?.command?.id).toBe('t1-start')
      })
    })

    describe('saving', () => {
      const all = {
        state: { stands: 'further' },
        wakeAt: 900,
        items: [item('i1', 'a'), item('i2', 'a/b')],
        notes: [{ at: 150, body: { says: 'one' } }],
        keep: [{ key: 'before', value: { label: 'old' } }],
      }

      it('writes all of it', async () => {
        const saved = await fold(await create(), all)
        expect(saved).toMatchObject({ version: 2, state: { stands: 'further' }, wakeAt: 900, finished: false })
        expect(await picture()).toEqual({
          task: saved,
          items: all.items,
          notes: [{ number: 1, at: 150, body: { says: 'one' } }],
          kept: { label: 'old' },
          wake: 900,
        })
      })

      it('writes nothing when another process took the lease', async () => {
        const made = await create()
        const before = await picture()
        await tasks.lease('them', 2_000_000, 1_000, true)
        await expect(fold(made, all)).rejects.toMatchObject({ kind: 'lease-lost', code: 'tasks/lease-lost' })
        expect(await picture()).toEqual(before)
      })

      it('writes nothing when the task was changed since it was read', async () => {
        const made = await create()
        await save(made)
        const before = await picture()
        await expect(fold(made, all)).rejects.toMatchObject({ kind: 'conflict', code: 'tasks/moved' })
        expect(await picture()).toEqual(before)
      })

      it('writes nothing when a command came since it was read', async () => {
        const folded = await fold(await create())
        await tasks.command('t1', command('c2'), folded.version)
        const before = await picture()
        await expect(save(folded, all)).rejects.toMatchObject({ code: 'tasks/moved' })
        expect(await picture()).toEqual(before)
      })

      it('writes nothing when one part of it fails', async () => {
        const first = await fold(await create(), all)
        const before = await picture()
        const clash = [item('i1', 'a', { phase: 'Success' }), item('i3', 'c'), item('i4', 'a/b')]
        await expect(
          save(first, {
            ...all,
            state: { stands: 'nowhere' },
            items: clash,
            keep: [{ key: 'other', value: 1 }],
          }),
        ).rejects.toThrow(pathTaken)
        expect(await picture()).toEqual(before)
        expect(await tasks.item('i3')).toBeUndefined()
        expect(await tasks.kept('t1', 'other')).toBeUndefined()
        await expect(save(first, { items: [item('i5', 'd'), item('i6', 'd')] })).rejects.toThrow(pathTaken)
        expect(await picture()).toEqual(before)
      })

      it('is refused for a finished task and for one that is not there', async () => {
        const done = await finish(await create())
        await expect(save(done)).rejects.toMatchObject({ code: 'tasks/finished' })
        await expect(save({ ...done, id: 't9' })).rejects.toMatchObject({ kind: 'not-found' })
      })

      it('gives back what was stored, not what the caller goes on changing', async () => {
        const state = { stands: 'first', list: [1] }
        const saved = await fold(await create(), { state })
        state.list.push(2)
        expect((await tasks.read('t1'))?.state).toEqual({ stands: 'first', list: [1] })
        expect(saved.state).toEqual({ stands: 'first', list: [1] })
      })

      it('keeps values once and for ever', async () => {
        const first = await fold(await create(), {
          keep: [
            { key: 'before', value: 'first' },
            { key: 'before', value: 'again' },
          ],
        })
        await save(first, {
          keep: [
            { key: 'before', value: 'later' },
            { key: 'nothing', value: null },
          ],
        })
        expect(await tasks.kept('t1', 'before')).toBe('first')
        expect(await tasks.kept('t1', 'nothing')).toBeNull()
        expect(await tasks.kept('t1', 'absent')).toBeUndefined()
        expect(await tasks.kept('t2', 'before')).toBeUndefined()
      })

      it('numbers notes without gaps, also after a failed save, each task for itself', async () => {
        const note = (says: string): Save['notes'][number] => ({ at: 1, body: says })
        const first = await fold(await create(), { notes: [note('a'), note('b')] })
        await expect(save({ ...first, version: 9 }, { notes: [note('lost')] })).rejects.toThrow(
          /changed in the meantime/,
        )
        await expect(save(first, { notes: [note('lost')], items: [item('i1', 'x'), item('i2', 'x')] })).rejects.toThrow(
          pathTaken,
        )
        await save(first, { notes: [note('c')] })
        await fold(await create('t2', 'mesh-2'), { notes: [note('other')] })
        const numbered = async (after: number, limit: number): Promise<readonly unknown[]> =>
          (await tasks.notes('t1', after, limit)).map(({ number, body }) => [number, body])
        expect(await numbered(0, 10)).toEqual([
          [1, 'a'],
          [2, 'b'],
          [3, 'c'],
        ])
        expect(await numbered(1, 1)).toEqual([[2, 'b']])
        expect(await numbered(3, 10)).toEqual([])
        expect(await tasks.notes('t2', 0, 10)).toEqual([{ number: 1, at: 1, body: 'other' }])
      })
    })

    describe('items', () => {
      it('come by job in the order they were first written, and singly', async () => {
        const first = await fold(await create(), { items: [item('z', 'one'), item('m', 'two')] })
        await save(first, {
          items: [
            item('a', 'three', { job: 'job-2' }),
            item('b', 'four'),
            item('z', 'one', { phase: 'Success', reason: 'moved', startedAt: 5, completedAt: 9 }),
          ],
        })
        expect((await tasks.items('job-1')).map(({ id }) => id)).toEqual(['z', 'm', 'b'])
        expect((await tasks.items('job-2')).map(({ id }) => id)).toEqual(['a'])
        expect(await tasks.items('job-3')).toEqual([])
        expect(await tasks.item('z')).toEqual(
          item('z', 'one', { phase: 'Success', reason: 'moved', startedAt: 5, completedAt: 9 }),
        )
        expect(await tasks.item('nobody')).toBeUndefined()
      })

      it('may stand at the same path in two jobs, and lose what is no longer said', async () => {
        const first = await fold(await create(), {
          items: [item('i1', 'a', { startedAt: 5 }), item('i2', 'a', { job: 'job-2' })],
        })
        await save(first, { items: [item('i1', 'a')] })
        expect(await tasks.item('i1')).toEqual(item('i1', 'a'))
      })

      it('come in thousands', async () => {
        const many = Array.from({ length: 4_000 }, (_, index) => item(`i${index}`, `p/${index}`))
        await fold(await create(), { items: many })
        expect(await tasks.items('job-1')).toEqual(many)
      })
    })

    describe('what is due', () => {
      const due = async (now: number, limit = 10): Promise<readonly string[]> =>
        (await tasks.due(now, limit)).map(({ id }) => id)

      it('is what has an open command or a wake that has come, oldest first', async () => {
        const made = [
          await create('late', 'm1'),
          await create('early', 'm2'),
          await create('never', 'm3'),
          await create('done', 'm4'),
          await create('asked', 'm5'),
        ] as const
        await fold(made[0], { wakeAt: 500 })
        await fold(made[1], { wakeAt: 50 })
        await fold(made[2])
        await fold(made[3], { wakeAt: 10, finished: true })
        expect(await due(0)).toEqual(['asked'])
        expect(await due(500)).toEqual(['early', 'asked', 'late'])
        expect(await due(499)).toEqual(['early', 'asked'])
        expect(await due(500, 2)).toEqual(['early', 'asked'])
        expect(await tasks.nextWake()).toBe(50)
      })

      it('counts a task from its wake when that is older than its command', async () => {
        const first = await fold(await create('t1', 'm1'), { wakeAt: 20 })
        await fold(await create('t2', 'm2'), { wakeAt: 30 })
        await tasks.command('t1', command('c', 40), first.version)
        expect(await due(60)).toEqual(['t1', 't2'])
      })

      it('has no next wake when nobody waits', async () => {
        expect(await tasks.nextWake()).toBeUndefined()
        await fold(await create())
        expect(await tasks.nextWake()).toBeUndefined()
      })
    })

    describe('the lease', () => {
      it('is prolonged under the same epoch, and taken back at once under a new one after a restart', async () => {
        const again = await tasks.lease('us', 10, 1_000, false)
        expect(again).toBe(epoch)
        const restarted = await tasks.lease('us', 20, 1_000, true)
        expect(restarted).toBeGreaterThan(epoch)
        await expect(tasks.holds(epoch)).rejects.toMatchObject({ kind: 'lease-lost' })
        await tasks.holds(restarted ?? 0)
      })

      it('is refused to another owner until it has run out', async () => {
        await tasks.lease('us', 1_000, 500, false)
        expect(await tasks.lease('them', 1_499, 500, true)).toBeUndefined()
        await tasks.holds(epoch)
        const theirs = await tasks.lease('them', 1_500, 500, true)
        expect(theirs).toBeGreaterThan(epoch)
        await expect(tasks.holds(epoch)).rejects.toMatchObject({ code: 'tasks/lease-lost' })
        expect(await tasks.lease('us', 1_600, 500, false)).toBeUndefined()
      })

      it('that ran out unnoticed is prolonged, for nobody else wrote meanwhile', async () => {
        await tasks.lease('us', 0, 10, false)
        expect(await tasks.lease('us', 99, 10, false)).toBe(epoch)
      })

      it('is free at once when given up, and the old epoch ends', async () => {
        const made = await create()
        await tasks.release('us')
        await expect(tasks.holds(epoch)).rejects.toMatchObject({ kind: 'lease-lost' })
        await expect(save(made)).rejects.toMatchObject({ kind: 'lease-lost' })
        const theirs = (await tasks.lease('them', 1, 1_000, false)) ?? 0
        expect(theirs).toBeGreaterThan(epoch)
        await tasks.save(theirs, saveOf(made))
      })

      it('is not given up by somebody who does not hold it', async () => {
        await tasks.release('them')
        await expect(tasks.holds(epoch)).resolves.toBeUndefined()
      })

      it('goes to one of two who ask at the same moment', async () => {
        await tasks.release('us')
        const given = await Promise.all([tasks.lease('a', 0, 10, true), tasks.lease('b', 0, 10, true)])
        expect(given.filter((one) => one !== undefined)).toHaveLength(1)
      })

      it('refuses epochs that never were', async () => {
        await expect(tasks.holds(0)).rejects.toMatchObject({ kind: 'lease-lost' })
        await expect(tasks.holds(epoch + 1)).rejects.toMatchObject({ kind: 'lease-lost' })
      })
    })

    describe('removing', () => {
      it('takes items, notes and side rows along, and nobody else', async () => {
        const more = { notes: [{ at: 1, body: 'x' }], keep: [{ key: 'before', value: 1 }] }
        const gone = await fold(await create(), { ...more, items: [item('i1', 'a')] })
        const stays = await fold(await create('t2', 'mesh-2'), {
          ...more,
          items: [item('i2', 'a', { task: 't2', job: 'job-2' })],
        })
        await tasks.remove('t1', gone.version)
        expect(await picture()).toEqual({ task: undefined, items: [], notes: [], kept: undefined, wake: undefined })
        expect(await tasks.item('i1')).toBeUndefined()
        expect(await tasks.read('t2')).toEqual(stays)
        expect(await tasks.items('job-2')).toHaveLength(1)
        expect(await tasks.notes('t2', 0, 10)).toHaveLength(1)
        expect(await tasks.kept('t2', 'before')).toBe(1)
        const again = await create()
        await fold(again, { items: [item('i1', 'a')], notes: [{ at: 2, body: 'y' }] })
        expect(await tasks.notes('t1', 0, 10)).toEqual([{ number: 1, at: 2, body: 'y' }])
      })

      it('is refused when the task was changed, or is not there', async () => {
        const made = await create()
        const saved = await fold(made)
        await expect(tasks.remove('t1', made.version)).rejects.toMatchObject({ code: 'tasks/moved' })
        expect(await tasks.read('t1')).toEqual(saved)
        await expect(tasks.remove('t9', 1)).rejects.toMatchObject({ kind: 'not-found' })
      })
    })

    describe('watching', () => {
      it('tells of each create, command, save and removal that succeeded, until stopped', async () => {
        const heard: string[] = []
        const stop = tasks.watch((task) => heard.push(task))
        const made = await create()
        const folded = await fold(made)
        await tasks.command('t1', command('c2'), folded.version)
        expect(heard).toEqual(['t1', 't1', 't1'])
        await expect(create('t2')).rejects.toThrow(/not finished/)
        await expect(save(made)).rejects.toThrow(/changed in the meantime/)
        expect(heard).toHaveLength(3)
        await expect(tasks.remove('t1', made.version)).rejects.toThrow(/changed in the meantime/)
        await tasks.remove('t1', folded.version + 1)
        expect(heard).toEqual(['t1', 't1', 't1', 't1'])
        stop()
        await create('t3', 'mesh-3')
        expect(heard).toHaveLength(4)
      })
    })
  })
}
