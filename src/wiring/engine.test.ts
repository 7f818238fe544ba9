import { beforeEach, describe, expect, it } from 'vitest'
import { Problem } from '../lib/problem.ts'
import { virtualClock } from '../mesh/simulated/virtual-clock.ts'
import { memoryTasks } from '../tasks/memory.ts'
import type { Task } from '../tasks/store.ts'
import { newUpgrade } from '../upgrade/commands.ts'
import type { Mesh } from '../upgrade/mesh.ts'
import type { UpgradeRecord } from '../upgrade/record.ts'
import { upgradeRunner, waker } from './engine.ts'

const clock = virtualClock(1_000_000)
const settings = { settleMs: 0, readyWithinMs: 1, rolledWithinMs: 1, precheckValidMs: 1, heldAfterMs: 1_000 }
const { signal } = new AbortController()

const record: UpgradeRecord = newUpgrade({
  id: 'u1',
  name: 'to-131',
  project: 'p1',
  mesh: { id: 'm1', name: 'shop', clusters: ['prod'] },
  asked: { targetVersion: '1.31.0', upgradeStrategy: 'Canary', targetType: 'InCluster' },
  version: '1.31.0',
  now: clock.now(),
})

describe('running an upgrade', () => {
  let tasks: ReturnType<typeof memoryTasks>
  let task: Task
  let epoch: number
  let looked: UpgradeRecord[]
  beforeEach(async () => {
    tasks = memoryTasks()
    looked = []
    epoch = (await tasks.lease('test', 0, 60_000, true)) ?? 0
    const command = { id: 'j1', body: { do: 'execute', step: 'PreCheck' }, at: clock.now() }
    const made = { id: 'u1', project: 'p1', subject: 'm1', state: record, createdAt: clock.now(), command }
    task = await tasks.create(made)
  })
  const run = (observe: () => Promise<never>): Promise<void> => {
    const mesh = { observe } as unknown as Mesh
    const runner = upgradeRunner({
      store: tasks,
      clock,
      settings,
      meshOf: async () => mesh,
      outsideOf: () => Promise.reject(new Error('is not asked')),
      looked: async (after) => void looked.push(after),
      report: () => undefined,
    })
    return runner(task, epoch, signal)
  }
  const away = new Problem({ kind: 'unavailable', code: 'test/away', text: 'Cluster prod does not answer.' })

  it('looks until there is nothing to do at once, and tells each look', async () => {
    await run(() => Promise.reject(away))
    expect(looked.map(({ standing, reason }) => [standing, reason.code])).toEqual([
      ['working', 'command/starting'],
      ['working', 'engine/retrying'],
    ])
    expect(looked[1]?.jobs[0]?.reason).toContain('Cluster prod does not answer.')
  })

  it('ends quietly when the upgrade is deleted while it is looked at', async () => {
    await run(async () => {
      const now = await tasks.read('u1')
      await tasks.remove('u1', now?.version ?? 0)
      throw away
    })
    expect(await tasks.read('u1')).toBeUndefined()
  })

  it('ends once the upgrade was abandoned, without another look', async () => {
    await run(() => Promise.reject(away))
    const { version = 0 } = (await tasks.read('u1')) ?? {}
    task = await tasks.command('u1', { id: 'k2', body: { do: 'abandon' }, at: clock.now() }, version)
    looked = []
    await run(() => Promise.reject(new Error('is not looked at')))
    expect(looked.map(({ ended }) => ended)).toEqual(['abandoned'])
  })
})

describe('waking an upgrade', () => {
  /** A mesh whose changes a test makes. */
  function changing() {
    let change: () => void = () => undefined
    const asked: number[] = []
    const changed = (ms: number, stop: AbortSignal): Promise<void> => {
      asked.push(ms)
      return new Promise((resolve) => {
        change = resolve
        stop.addEventListener('abort', () => resolve(), { once: true })
      })
    }
    const nudged: string[] = []
    const nudge = Promise.withResolvers<void>()
    const wake = waker({
      clock,
      meshOf: async () => ({ changed }) as unknown as Mesh,
      nudge: (id) => {
        nudged.push(id)
        nudge.resolve()
      },
    })
    return { wake, asked, nudged, nudge: nudge.promise, change: () => change() }
  }
  const working = { ...record, standing: 'working' } as const
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  it('nudges once for what it waited for, however often it was told to wait', async () => {
    const { wake, asked, nudged, nudge, change } = changing()
    wake.await('u1', working)
    wake.await('u1', working)
    await turn()
    expect([asked.length, nudged]).toEqual([1, []])
    change()
    await nudge
    wake.await('u1', { ...working, standing: 'held' })
    await turn()
    expect([asked.length, nudged]).toEqual([2, ['u1']])
    await wake.stop()
    expect(nudged).toEqual(['u1'])
  })

  it("does not wait for one that is the caller's turn, that has ended, or whose mesh cannot be had", async () => {
    const { wake, asked } = changing()
    for (const one of [
      { ...record, standing: 'succeeded' },
      { ...record, standing: 'failed' },
      { ...working, ended: 'abandoned' },
    ] as const)
      wake.await('u1', one)
    await turn()
    expect(asked).toEqual([])
    await wake.stop()
    const broken = waker({ clock, meshOf: () => Promise.reject(new Error('no mesh')), nudge: () => undefined })
    broken.await('u1', working)
    await turn()
    await broken.stop()
    broken.await('u1', working)
  })
})
