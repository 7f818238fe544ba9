import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Note } from '../contract/extensions.ts'
import type { UpgradeDoor } from '../http/parts.ts'
import { Problem } from '../lib/problem.ts'
import { memoryTasks } from '../tasks/memory.ts'
import { newUpgrade } from '../upgrade/commands.ts'
import { openMetrics } from './metrics.ts'
import type { Metrics } from './metrics.ts'

/** Lines of one metric, without what Prometheus says about it. */
const linesOf = async (metrics: Metrics, name: string): Promise<readonly string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(name))

const upgrade = (id: string) =>
  newUpgrade({
    id,
    name: id,
    project: 'p',
    mesh: { id: `mesh-${id}`, name: 'shop', clusters: ['prod'] },
    asked: { targetVersion: '1.31', upgradeStrategy: 'Canary', targetType: 'InCluster' },
    version: '1.31.1',
    now: 1000,
  })

describe('requests', () => {
  async function app(metrics: Metrics): Promise<FastifyInstance> {
    const made = Fastify({ logger: false })
    metrics.app(made)
    made.get('/meshes/:id', { config: { name: 'getMesh' } }, () => Promise.resolve({}))
    made.get('/gone/:id', { config: { name: 'getUpgrade' } }, (request, reply) => {
      request.refusal = 'upgrades/unknown'
      return reply.code(404).send('There is none called secret-name.')
    })
    made.get('/stream', { config: { name: 'listNotes' } }, (_request, reply) =>
      reply.type('text/event-stream').send('data: 1\n\n'),
    )
    onTestFinished(() => made.close())
    await made.ready()
    return made
  }
  const counts = async (metrics: Metrics): Promise<readonly string[]> =>
    linesOf(metrics, 'meshlift_http_request_duration_seconds_count')

  it('are counted by the name of their route, never by what is in the path', async () => {
    const metrics = openMetrics('1.2.3')
    const made = await app(metrics)
    for (let id = 0; id < 20; id += 1) await made.inject(`/meshes/secret-name-${id}?token=secret`)
    for (let id = 0; id < 20; id += 1) await made.inject(`/nowhere/secret-name-${id}`)
    await made.inject('/gone/secret-name')
    expect(await counts(metrics)).toEqual([
      'meshlift_http_request_duration_seconds_count{route="getMesh",method="GET",status="2xx"} 20',
      'meshlift_http_request_duration_seconds_count{route="none",method="none",status="4xx"} 20',
      'meshlift_http_request_duration_seconds_count{route="getUpgrade",method="GET",status="4xx"} 1',
    ])
    expect(await linesOf(metrics, 'meshlift_http_refusals_total')).toEqual([
      'meshlift_http_refusals_total{code="upgrades/unknown"} 1',
    ])
    expect(await metrics.text()).not.toContain('secret')
  })

  it('that are streams are not taken for slow answers', async () => {
    const metrics = openMetrics('1.2.3')
    await (await app(metrics)).inject('/stream')
    expect(await counts(metrics)).toEqual([])
  })
})

it('streams are counted while they are read', async () => {
  const metrics = openMetrics('1.2.3')
  async function* notes(): AsyncIterable<Note> {
    yield { number: 1 } as Note
    yield { number: 2 } as Note
  }
  const door = metrics.upgrades({ noteStream: notes } as Partial<UpgradeDoor> as UpgradeDoor)
  const open = (): Promise<readonly string[]> => linesOf(metrics, 'meshlift_note_streams')
  const stream = door.noteStream('p', 'u', 0, new AbortController().signal)[Symbol.asyncIterator]()
  expect(await open()).toEqual(['meshlift_note_streams 0'])
  await stream.next()
  expect(await open()).toEqual(['meshlift_note_streams 1'])
  await stream.return?.()
  expect(await open()).toEqual(['meshlift_note_streams 0'])
})

describe('work', () => {
  it('counts looks and what they newly decided, by stage', async () => {
    const metrics = openMetrics('1.2.3')
    const store = metrics.tasks(memoryTasks())
    const state = { ...upgrade('u'), stage: 'move-workloads' }
    const command = { id: 'c', body: { do: 'execute', step: 'PreCheck' }, at: 0 }
    const task = await store.create({ id: 'u', project: 'p', subject: 'm', state, createdAt: 0, command })
    const epoch = (await store.lease('us', 0, 1000, true)) ?? 0
    const save = { task: 'u', state, finished: false, wakeAt: 1, items: [], keep: [] }
    const hold = { at: 0, body: { kind: 'hold', stage: 'move-workloads', step: 'PreCheck', code: 'a/b', text: 'x' } }
    const { version } = await store.save(epoch, { ...save, version: task.version, notes: [hold] })
    await store.save(epoch, { ...save, version, notes: [] })
    await expect(store.save(epoch, { ...save, version, notes: [] })).rejects.toMatchObject({ code: 'tasks/moved' })
    expect(await linesOf(metrics, 'meshlift_looks_total')).toEqual(['meshlift_looks_total{stage="move-workloads"} 2'])
    expect(await linesOf(metrics, 'meshlift_verdicts_total')).toEqual([
      'meshlift_verdicts_total{stage="move-workloads",kind="hold"} 1',
    ])
  })

  it('counts upgrades by state, also those that change or go between two questions', async () => {
    const metrics = openMetrics('1.2.3')
    const store = metrics.tasks(memoryTasks())
    const add = (id: string) =>
      store.create({
        id,
        project: 'p',
        subject: id,
        state: upgrade(id),
        createdAt: 0,
        command: { id: `of-${id}`, body: { do: 'execute', step: 'PreCheck' }, at: 0 },
      })
    const first = await add('u1')
    expect(await linesOf(metrics, 'meshlift_upgrades')).toEqual(['meshlift_upgrades{state="Init"} 1'])
    await add('u2')
    expect(await linesOf(metrics, 'meshlift_upgrades')).toEqual(['meshlift_upgrades{state="Init"} 2'])
    const epoch = (await store.lease('us', 0, 1000, true)) ?? 0
    const ended = { ...upgrade('u1'), ended: 'abandoned' as const }
    const save = { task: 'u1', state: ended, finished: true, wakeAt: undefined, items: [], notes: [], keep: [] }
    const { version } = await store.save(epoch, { ...save, version: first.version, folded: 'of-u1' })
    expect(await linesOf(metrics, 'meshlift_upgrades')).toEqual([
      'meshlift_upgrades{state="Cancel"} 1',
      'meshlift_upgrades{state="Init"} 1',
    ])
    await store.remove('u1', version)
    expect(await linesOf(metrics, 'meshlift_upgrades')).toEqual(['meshlift_upgrades{state="Init"} 1'])
  })

  it('says who holds the lease and what went wrong', async () => {
    const metrics = openMetrics('1.2.3')
    metrics.worker({ what: 'lease-taken', epoch: 1 })
    expect(await linesOf(metrics, 'meshlift_lease_held')).toEqual(['meshlift_lease_held 1'])
    metrics.worker({ what: 'lease-lost', epoch: 1 })
    expect(await linesOf(metrics, 'meshlift_lease_held')).toEqual(['meshlift_lease_held 0'])
    const problem = new Problem({ kind: 'unavailable', code: 'database/not-writable', text: '/a/path is full' })
    metrics.worker({ what: 'store-failed', problem, again: 1 })
    expect(await linesOf(metrics, 'meshlift_work_failures_total')).toEqual([
      'meshlift_work_failures_total{what="store",code="database/not-writable"} 1',
    ])
  })
})

it('says which version runs, how the process is, and when the certificate ends', async () => {
  const metrics = openMetrics('1.2.3')
  expect(await linesOf(metrics, 'meshlift_tls')).toEqual([])
  metrics.certificate(1_800_000_000_000)
  expect(await linesOf(metrics, 'meshlift_tls')).toEqual(['meshlift_tls_certificate_end_seconds 1800000000'])
  expect(await linesOf(metrics, 'meshlift_build_info')).toEqual(['meshlift_build_info{version="1.2.3"} 1'])
  for (const name of ['process_resident_memory_bytes ', 'process_cpu_seconds_total ', 'nodejs_eventloop_lag_seconds '])
    expect(await linesOf(metrics, name)).toHaveLength(1)
})

it('two servers in one process count apart', async () => {
  const [one, two] = [openMetrics('1'), openMetrics('2')]
  one.worker({ what: 'lease-taken', epoch: 1 })
  expect(await linesOf(two, 'meshlift_lease_held')).toEqual(['meshlift_lease_held 0'])
})
