/** What does not last, what does not come and who does not get ready: nothing is fought over, waited for or held up without end. */

import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/mesh/simulated/kinds.ts'
import type { World } from '../../src/mesh/simulated/world.ts'
import { describeAction } from '../../src/upgrade/actions.ts'
import type { UpgradeRecord } from '../../src/upgrade/record.ts'
import { demo, smallScene } from './meshes.ts'
import { differences, pictureBefore } from './picture.ts'
import { forward, until } from './plays.ts'
import type { Moment, Witness } from './program.ts'
import { tell } from './story.ts'
import type { Story } from './story.ts'

const golden = (story: Story, name: string): Promise<void> =>
  expect(story.diary()).toMatchFileSnapshot(`goldens/${name}.txt`)

const acted =
  (what: string) =>
  (moment: Moment): boolean =>
    moment.what === 'acted' && describeAction(moment.action).startsWith(what)

/** Somebody with a will of their own: reacts each time until it is stopped. */
function opponent(comes: (moment: Moment) => boolean, react: (world: World) => void) {
  let story: Story | undefined
  let times = 0
  const witness: Witness = async (moment) => {
    if (!story || !comes(moment)) return
    times += 1
    const { world } = story
    world.write(() => react(world))
  }
  return {
    witness,
    of: (its: Story | undefined): void => {
      story = its
    },
    times: () => times,
  }
}

const label = (name: string, labels: Readonly<Record<string, string>>, by: string) => (world: World) => {
  const namespace = world.api.find(kinds.Namespace, { name })
  if (namespace === undefined) throw new Error(`no namespace ${name}`)
  const kept = Object.entries(namespace.metadata.labels ?? {}).filter(([key]) => !key.startsWith('istio'))
  const { metadata } = namespace
  world.api.update(
    kinds.Namespace,
    { ...namespace, metadata: { ...metadata, labels: { ...Object.fromEntries(kept), ...labels } } },
    by,
  )
}

/** Back when everything is moved, and namespaces still name the new revision. */
async function backFromTags(story: Story): Promise<UpgradeRecord> {
  await until(story, 'ControlPlaneUpgrade')
  story.when(acted('point-tag istio'), 'asked to roll back', () => story.order('DataPlaneUpgrade', 'Rollback'))
  return story.ask('DataPlaneUpgrade', 'Execute')
}

describe('what is changed back', () => {
  test('is done twice and then left, naming who; going back ends once it stops', async () => {
    const gitops = opponent(
      acted('restore-namespace shop'),
      label('shop', { 'istio.io/rev': '1-31-1' }, 'argocd-controller'),
    )
    const story = await tell({
      title: 'a controller puts the new label back while the upgrade is rolled back',
      scene: smallScene,
      witness: gitops.witness,
    })
    const before = pictureBefore(story.world)
    gitops.of(story)
    const held = await backFromTags(story)
    expect(held).toMatchObject({ standing: 'held', stage: 'back-labels', reason: { code: 'repeats/undone' } })
    expect(held.reason.text).toContain('restore-namespace shop was done 2 times')
    expect(held.reason.text).toContain('argocd-controller may change it back')
    await story.pass(600_000)
    expect(gitops.times()).toBe(2)
    await story.ask('DataPlaneUpgrade', 'Retry')
    expect(gitops.times()).toBe(4)
    gitops.of(undefined)
    const { ended } = await story.ask('DataPlaneUpgrade', 'Retry')
    expect(ended).toBe('rolled-back')
    await golden(story, 'changed-back')
    expect(differences(before, pictureBefore(story.world))).toEqual([])
  })

  test('goes on by itself when the object is as it should be', async () => {
    const gitops = opponent(acted('restore-namespace shop'), label('shop', { 'istio.io/rev': '1-31-1' }, 'flux'))
    const story = await tell({ title: '', scene: smallScene, witness: gitops.witness })
    gitops.of(story)
    expect(await backFromTags(story)).toMatchObject({ standing: 'held' })
    story.happens('', label('shop', { 'istio-injection': 'enabled' }, 'flux'))
    expect(await story.until(({ ended }) => ended !== undefined)).toMatchObject({ ended: 'rolled-back' })
  })

  test('is not deleted for ever: what comes again, or is kept by a finalizer', async () => {
    const before = new Map<string, object>()
    const keeper = opponent(acted('delete-object Deployment'), (world) => {
      const istiod = before.get('istiod')
      if (istiod) world.api.create(kinds.Deployment, istiod as never, 'istio-operator')
    })
    const story = await tell({ title: 'the old istiod is made again', scene: smallScene, witness: keeper.witness })
    const istiod = story.world.api.find(kinds.Deployment, { namespace: 'istio-system', name: 'istiod' })
    if (istiod) {
      const { uid: _, resourceVersion: __, ...metadata } = istiod.metadata
      before.set('istiod', { ...istiod, metadata })
    }
    await until(story, 'DataPlaneUpgrade')
    keeper.of(story)
    const held = await story.ask('PostUpgrade', 'Execute')
    expect(held).toMatchObject({ standing: 'held', stage: 'remove-old', reason: { code: 'repeats/lingering' } })
    expect(held.reason.text).toContain('delete-object Deployment istio-system/istiod was done 2 times')
    await story.pass(600_000)
    // Once among all others, and twice by itself.
    expect(keeper.times()).toBe(3)
    keeper.of(undefined)
    expect(await story.ask('PostUpgrade', 'Retry')).toMatchObject({ ended: 'success' })
  })
})

test('a write that always meets another one is tried less and less often, and a person is told', async () => {
  let number = 0
  const isLabelling = (moment: Moment): boolean =>
    moment.what === 'acting' && describeAction(moment.action) === 'label-namespace search 1-31-1'
  const busy = opponent(isLabelling, (world) =>
    label('search', { 'istio.io/rev': 'prod', 'istio.test/count': `${(number += 1)}` }, 'counter')(world),
  )
  const story = await tell({ title: '', scene: smallScene, witness: busy.witness })
  await until(story, 'ControlPlaneUpgrade')
  busy.of(story)
  await story.order('DataPlaneUpgrade', 'Execute')
  const held = await story.until(({ standing }) => standing === 'held')
  expect(held).toMatchObject({ stage: 'move-workloads', reason: { code: 'engine/repair' } })
  const before = busy.times()
  expect(before).toBeLessThan(8)
  await story.pass(300_000)
  expect(busy.times() - before).toBeLessThan(12)
  expect(story.codes()).not.toContain('repeats/undone')
  busy.of(undefined)
  expect(await story.until(({ standing }) => standing === 'succeeded')).toMatchObject({ step: 'DataPlaneUpgrade' })
})

test('what does not come is held after a while, and goes on by itself when it does', async () => {
  const story = await tell({
    title: 'new labels reach the API server after a quarter of an hour',
    scene: { ...smallScene, faults: { namespaceCacheLagMs: 900_000 } },
  })
  await until(story, 'ControlPlaneUpgrade')
  const began = story.world.now()
  const held = await story.ask('DataPlaneUpgrade', 'Execute')
  expect(held).toMatchObject({ standing: 'held', stage: 'move-workloads', reason: { code: 'move/injectorElsewhere' } })
  const after = story.world.now() - began
  expect(after).toBeGreaterThan(600_000)
  expect(after).toBeLessThan(660_000)
  expect(held.jobs.at(-1)?.reason).toMatch(/^held: New pods of /)
  expect(await story.until(({ standing }) => standing === 'succeeded')).toMatchObject({ step: 'DataPlaneUpgrade' })
  await golden(story, 'long-wait')
})

test('a workload that does not get ready does not keep the others from going back', async () => {
  const story = await tell({ title: 'back, and one workload never gets ready', scene: demo })
  const before = pictureBefore(story.world)
  await until(story, 'DataPlaneUpgrade')
  story.happens('new pods of shop/cart will not get ready', (world) =>
    world.setFaults({ podsNeverReady: [{ app: 'cart' }] }),
  )
  const held = await story.ask('DataPlaneUpgrade', 'Rollback')
  expect(held).toMatchObject({ standing: 'held', stage: 'back-workloads', reason: { code: 'back-workloads/left' } })
  expect(held.reason.facts['objects']).toEqual(['shop/cart'])
  const onNew = story.world.api
    .all(kinds.Pod)
    .filter(({ metadata }) => metadata.annotations?.['istio.io/rev'] === '1-31-1')
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.labels?.['app'])
  expect([...new Set(onNew)]).toEqual(['cart'])
  story.happens('they get ready', (world) => world.setFaults({ podsNeverReady: [] }))
  const { ended } = await story.until(({ ended }) => ended !== undefined)
  expect(ended).toBe('rolled-back')
  await golden(story, 'one-left-behind')
  expect(differences(before, pictureBefore(story.world))).toEqual([])
})

test('an abandon that was accepted stops a list of actions where it stands', async () => {
  const story = await tell({ title: 'abandoned in the middle of the removal', scene: smallScene })
  const deletes = (): number => story.world.log.filter(({ by, verb }) => by === 'meshlift' && verb === 'delete').length
  await until(story, 'DataPlaneUpgrade')
  let counted = 0
  story.when(acted('delete-object ConfigMap'), 'the upgrade is abandoned', async () => {
    await story.abandon()
    counted = deletes()
  })
  await story.order('PostUpgrade', 'Execute')
  expect(await story.until(({ ended }) => ended !== undefined)).toMatchObject({ ended: 'abandoned' })
  expect(counted).toBeGreaterThan(0)
  expect(deletes()).toBe(counted)
})

test('the same story without anybody in the way says nothing of repeating', async () => {
  const story = await tell({ title: '', scene: demo })
  await forward(story)
  expect([...story.codes()].filter((code) => code.startsWith('repeats/'))).toEqual([])
})
