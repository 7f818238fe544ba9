/** What goes wrong in the world, and what people do in the middle of it. */

import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/mesh/simulated/kinds.ts'
import type { Fixture } from '../../src/mesh/simulated/fixtures/fixture.ts'
import { fixtures } from '../../src/mesh/simulated/fixtures/fixtures.ts'
import { setTag } from '../../src/mesh/simulated/tags.ts'
import type { World } from '../../src/mesh/simulated/world.ts'
import type { Faults } from '../../src/mesh/simulated/faults.ts'
import { memoryTasks } from '../../src/tasks/memory.ts'
import { describeAction } from '../../src/upgrade/actions.ts'
import { readRecord } from '../../src/upgrade/record.ts'
import { classic, demo, smallScene, target } from './meshes.ts'
import { differences, pictureBefore } from './picture.ts'
import { forward, until } from './plays.ts'
import type { Moment } from './program.ts'
import type { Scene } from './setting.ts'
import { tell } from './story.ts'
import type { Story } from './story.ts'

const golden = (story: Story, name: string): Promise<void> =>
  expect(story.diary()).toMatchFileSnapshot(`goldens/${name}.txt`)

const acted =
  (what: string) =>
  (moment: Moment): boolean =>
    moment.what === 'acted' && describeAction(moment.action).startsWith(what)

/** How often the program restarted each workload: by the writes that the world stored. */
function restarts(world: World): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { by, verb, plural, namespace, name } of world.log)
    if (by === 'meshlift' && verb === 'patch' && ['deployments', 'statefulsets'].includes(plural)) {
      // The last patch of each takes our entry away again.
      counts[`${namespace}/${name}`] = (counts[`${namespace}/${name}`] ?? 0) + 1
    }
  return counts
}

function label(world: World, name: string, change: Readonly<Record<string, string | undefined>>): void {
  const namespace = world.api.find(kinds.Namespace, { name })
  if (namespace === undefined) throw new Error(`no namespace ${name}`)
  const labels = Object.fromEntries(
    Object.entries({ ...namespace.metadata.labels, ...change }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
  world.api.update(kinds.Namespace, { ...namespace, metadata: { ...namespace.metadata, labels } }, 'kubectl-label')
}

function barePod(world: World, namespace: string, name: string): void {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { containers: [{ name: 'app', image: 'app' }] },
  }
  world.api.create(kinds.Pod, pod, 'kubectl-create')
}

const scaled = (world: World, namespace: string, name: string, replicas: number): void => {
  const workload = world.api.find(kinds.Deployment, { namespace, name })
  if (workload === undefined) throw new Error(`no Deployment ${namespace}/${name}`)
  world.api.update(
    kinds.Deployment,
    { ...workload, spec: { ...(workload['spec'] as object), replicas } },
    'kubectl-scale',
  )
}

const since = (world: World): number => world.now() - world.api.state.began

describe('the new control plane', () => {
  test('never gets ready: held, and going back leaves nothing', async () => {
    const story = await tell({
      title: 'the new istiod never gets ready',
      scene: { ...demo, faults: { neverReady: ['1-31-1'] } },
    })
    const before = pictureBefore(story.world)
    const held = await forward(story)
    expect(held).toMatchObject({
      standing: 'held',
      stage: 'install-revision',
      reason: { code: 'install-revision/late' },
    })
    expect(held.reason.text).toContain('Readiness probe failed')
    await story.ask('ControlPlaneUpgrade', 'Rollback')
    await golden(story, 'never-ready')
    expect(differences(before, pictureBefore(story.world))).toEqual([])
  })

  test('dies in the middle: at most the one restart in flight, and on it goes when it is back', async () => {
    const story = await tell({ title: 'the new istiod dies for a minute while workloads move', scene: demo })
    story.when(acted('restart-workload billing/ledger'), 'the istiods of 1-31-1 die', (world) => {
      const fromMs = since(world)
      world.setFaults({ dead: [{ revision: '1-31-1', fromMs, toMs: fromMs + 60_000 }] })
    })
    const { ended } = await forward(story)
    expect(ended).toBe('success')
    await golden(story, 'istiod-dies')
    const text = story.diary()
    const during = text.slice(text.indexOf('! the istiods'), text.indexOf('01:0'))
    expect(during.match(/> restart-workload/g) ?? []).toEqual([])
    expect(during).toContain('Nothing is restarted meanwhile')
  })
})

describe('the finish', () => {
  const stubborn: Fixture = {
    ...fixtures.demo,
    namespaces: fixtures.demo.namespaces.map((namespace) =>
      namespace.name === 'search'
        ? {
            ...namespace,
            workloads: [
              ...namespace.workloads,
              { name: 'index', kind: 'StatefulSet', replicas: 1, spec: { updateStrategy: { type: 'OnDelete' } } },
            ],
          }
        : namespace,
    ),
  }

  test('is refused while a pod is on the old control plane, by name; the way back stays open', async () => {
    const story = await tell({ title: 'a pod that no restart replaces', scene: { mesh: stubborn, version: '1.30.2' } })
    const held = await forward(story)
    expect(held).toMatchObject({ standing: 'held', stage: 'guard-finish', pastReturn: false })
    expect(held.reason.text).toContain('pod search/index-0')
    await story.refused('PostUpgrade', 'Execute')
    story.happens('somebody deletes pod search/index-0', (world) =>
      world.api.remove(kinds.Pod, { namespace: 'search', name: 'index-0' }, 'kubectl-delete'),
    )
    const { ended } = await story.ask('PostUpgrade', 'Retry')
    expect(ended).toBe('success')
    await golden(story, 'finish-refused-pod')
  })

  test('is refused while a tag was put back, and going back from there is possible', async () => {
    const story = await tell({ title: 'a tag is put back before the finish', scene: demo })
    const before = pictureBefore(story.world)
    await until(story, 'DataPlaneUpgrade')
    story.happens('somebody points tag prod at the old control plane', (world) => setTag(world.api, 'prod', 'default'))
    const held = await story.ask('PostUpgrade', 'Execute')
    expect(held).toMatchObject({ standing: 'held', stage: 'guard-finish', reason: { code: 'move-tags/broken' } })
    const { ended } = await story.ask('PostUpgrade', 'Rollback')
    expect(ended).toBe('rolled-back')
    await golden(story, 'finish-refused-tag')
    expect(differences(before, pictureBefore(story.world))).toEqual([])
  })

  test('has no way back once the first removal is noted', async () => {
    const story = await tell({ title: 'asked to roll back during the removal', scene: smallScene })
    await until(story, 'DataPlaneUpgrade')
    await story.order('PostUpgrade', 'Execute')
    await story.until(({ pastReturn }) => pastReturn)
    const problem = await story.refused('PostUpgrade', 'Rollback')
    expect(problem).toMatchObject({ kind: 'conflict', message: expect.stringContaining('there is no way back') })
    expect((await story.until(({ standing }) => standing !== 'working')).ended).toBe('success')
  })
})

describe('people', () => {
  test('relabel a moved namespace: held, naming who; on it goes when the label is back', async () => {
    const story = await tell({ title: 'somebody relabels a moved namespace', scene: demo })
    story.when(
      acted('restart-workload search/indexer'),
      'somebody labels namespace billing istio.io/rev=default',
      (world) => label(world, 'billing', { 'istio.io/rev': 'default' }),
    )
    const held = await forward(story)
    expect(held).toMatchObject({ standing: 'held', stage: 'move-workloads' })
    expect(held.reason.text).toContain('kubectl-label has changed its labels')
    story.happens('the label is put back', (world) => label(world, 'billing', { 'istio.io/rev': '1-31-1' }))
    // Nobody needs to say anything: it is looked at again.
    await story.until(({ standing }) => standing === 'succeeded')
    const { ended } = await story.ask('PostUpgrade', 'Execute')
    expect(ended).toBe('success')
    await golden(story, 'relabelled')
  })

  test('ask for steps out of order: refused, saying what is accepted', async () => {
    const story = await tell({ title: 'steps out of order', scene: smallScene })
    await story.begin(target)
    const problem = await story.refused('DataPlaneUpgrade', 'Execute')
    expect(problem.message).toContain('Accepted now: Execute ControlPlaneUpgrade, Rollback PreCheck.')
    await story.refused('PreCheck', 'Execute')
    await story.refused('PreCheck', 'Retry')
    expect(await story.record()).toMatchObject({ standing: 'succeeded', step: 'PreCheck' })
  })

  test('must repair a mesh that PreCheck finds unfit: what, and what to do about it', async () => {
    const story = await tell({ title: 'PreCheck finds a namespace with both labels', scene: smallScene })
    story.happens('somebody labels namespace search istio-injection=enabled as well', (world) =>
      label(world, 'search', { 'istio-injection': 'enabled' }),
    )
    const failed = await story.begin(target)
    expect(failed).toMatchObject({ standing: 'failed', stage: 'judge-start', reason: { code: 'judge-start/blocked' } })
    story.happens('the label is taken away', (world) => label(world, 'search', { 'istio-injection': undefined }))
    expect(await story.ask('PreCheck', 'Retry')).toMatchObject({ standing: 'succeeded' })
    await golden(story, 'both-labels')
  })

  test('must repair what PreCheck found; nothing was written until then', async () => {
    const story = await tell({
      title: 'PreCheck finds a permission missing',
      scene: { ...smallScene, faults: { forbidden: [{ verb: 'patch', plural: 'namespaces' }] } },
    })
    const failed = await story.begin(target)
    expect(failed).toMatchObject({ standing: 'failed', stage: 'look' })
    expect(failed.reason.text).toContain('patch namespaces')
    await story.refused('ControlPlaneUpgrade', 'Execute')
    expect(story.world.log.filter(({ by }) => by === 'meshlift' || by === 'helm')).toEqual([])
    story.happens('the permission is granted', (world) => world.setFaults({ forbidden: [] }))
    expect(await story.ask('PreCheck', 'Retry')).toMatchObject({ standing: 'succeeded' })
    await golden(story, 'permission-missing')
  })
})

describe('the engine', () => {
  test('may no longer do what the plan needs: held by what the server said, and on it goes once it may', async () => {
    const story = await tell({ title: 'a permission is taken away in the middle', scene: smallScene })
    story.when(acted('label-namespace shop'), 'the right to patch deployments is taken away', (world) =>
      world.setFaults({ forbidden: [{ verb: 'patch', plural: 'deployments' }] }),
    )
    const held = await forward(story)
    expect(held).toMatchObject({ standing: 'held', stage: 'move-workloads', reason: { code: 'engine/repair' } })
    expect(held.reason.text).toContain('may not patch deployments')
    story.happens('it is given back', (world) => world.setFaults({ forbidden: [] }))
    await story.until(({ standing }) => standing === 'succeeded')
    const { ended } = await story.ask('PostUpgrade', 'Execute')
    expect(ended).toBe('success')
    await golden(story, 'permission-lost')
  })

  test('finds a stage in the record that this version of the program does not know: held, nothing done', async () => {
    const tasks = memoryTasks()
    let newer = false
    const read: typeof tasks.read = async (id) => {
      const task = await tasks.read(id)
      return task && newer ? { ...task, state: { ...readRecord(task.state), stage: 'move-everything' } } : task
    }
    const story = await tell({
      title: 'a record of a newer version',
      scene: { ...smallScene, tasks: { ...tasks, read } },
    })
    await story.begin(target)
    newer = true
    const held = await story.ask('ControlPlaneUpgrade', 'Execute')
    expect(held).toMatchObject({ standing: 'held', reason: { code: 'engine/unknownStage' } })
    expect(story.world.log.filter(({ by }) => by === 'meshlift')).toEqual([])
  })
})

describe('the world', () => {
  test('kills helm in the middle: what it left is cleared and made anew', async () => {
    const story = await tell({
      title: 'helm is killed in the middle of the install',
      scene: { ...demo, faults: { helmKilledAfter: 6 } },
    })
    const { ended } = await forward(story)
    expect(ended).toBe('success')
    await golden(story, 'helm-killed')
  })

  test('has no API server for a while: tried again, nothing twice', async () => {
    const story = await tell({ title: 'the API server is away for half a minute', scene: demo })
    story.when(acted('restart-workload shop/cart'), 'the API server goes away', (world) => {
      const fromMs = since(world)
      world.setFaults({ unavailable: [{ fromMs, toMs: fromMs + 30_000 }] })
    })
    const { ended } = await forward(story)
    expect(ended).toBe('success')
    await golden(story, 'api-unavailable')
    // One patch restarts it and one gives the entry back.
    for (const count of Object.values(restarts(story.world))) expect(count).toBe(2)
  })

  test('injects pods in flight twice: the restart replaces them', async () => {
    const faults: Partial<Faults> = { doubleInjection: true }
    const story = await tell({
      title: 'pods in flight while their namespace is labelled',
      scene: { ...classic, faults },
    })
    story.when(acted('label-namespace shop'), 'somebody scales shop/cart to 4', (world) =>
      scaled(world, 'shop', 'cart', 4),
    )
    story.when(
      acted('restart-workload shop/cart'),
      'its pod in flight has the new annotation and the old proxy',
      (world) => {
        const mixed = world.api
          .all(kinds.Pod, { namespace: 'shop' })
          .filter(
            (pod) =>
              JSON.stringify(pod['spec']).includes('proxyv2:1.22.0') &&
              pod.metadata.annotations?.['istio.io/rev'] === '1-31-1',
          )
        expect(mixed.length).toBeGreaterThan(0)
      },
    )
    const { ended } = await forward(story)
    expect(ended).toBe('success')
    await golden(story, 'in-flight')
  })

  test('injects a bare pod in flight twice: it is named at the finish', async () => {
    const faults: Partial<Faults> = { doubleInjection: true }
    const story = await tell({
      title: 'a bare pod in flight while its namespace is labelled',
      scene: { ...classic, faults },
    })
    story.when(acted('label-namespace shop'), 'somebody starts the bare pod shop/errand', (world) =>
      barePod(world, 'shop', 'errand'),
    )
    const held = await forward(story)
    expect(held).toMatchObject({ standing: 'held', stage: 'guard-finish' })
    expect(held.reason.text).toContain('pod shop/errand')
    story.happens('the errand is done', (world) =>
      world.api.remove(kinds.Pod, { namespace: 'shop', name: 'errand' }, 'kubectl-delete'),
    )
    const { ended } = await story.ask('PostUpgrade', 'Retry')
    expect(ended).toBe('success')
  })

  test('takes its time to tell the API server of new labels: no restart before dry-run pods follow', async () => {
    const story = await tell({
      title: 'the namespace cache lags two seconds',
      scene: { ...smallScene, faults: { namespaceCacheLagMs: 2000 } },
    })
    const { ended } = await forward(story)
    expect(ended).toBe('success')
    await golden(story, 'cache-lags')
  })

  test('has a workload that does not survive its restart: held, and the way back is open', async () => {
    const scene: Scene = { ...smallScene, faults: {} }
    const story = await tell({ title: 'a workload whose new pods never get ready', scene })
    const before = pictureBefore(story.world)
    story.when(acted('restart-workload shop/cart'), 'new pods of shop/cart never get ready', (world) =>
      world.setFaults({ podsNeverReady: [{ app: 'cart' }] }),
    )
    const held = await forward(story)
    expect(held).toMatchObject({ standing: 'held', stage: 'move-workloads', reason: { code: 'move/stuck' } })
    story.happens('they would get ready again', (world) => world.setFaults({ podsNeverReady: [] }))
    const { ended } = await story.ask('DataPlaneUpgrade', 'Rollback')
    expect(ended).toBe('rolled-back')
    await golden(story, 'workload-stuck')
    expect(differences(before, pictureBefore(story.world))).toEqual([])
  })
})
