import { describe, expect, test } from 'vitest'
import type { WorkloadFixture } from '../fixtures/fixture.ts'
import { fixtures } from '../fixtures/fixtures.ts'
import type { Faults } from '../faults.ts'
import { kinds } from '../kinds.ts'
import type { Pod } from '../shapes.ts'
import { isGoing, isReady } from '../shapes.ts'
import type { Trial } from '../trial.ts'
import { trial } from '../trial.ts'
import { finishJob } from './jobs.ts'

function one(workload: WorkloadFixture, faults: Partial<Faults> = {}): Trial {
  return trial(
    {
      ...fixtures.demo,
      namespaces: [{ name: 'shop', labels: { 'istio-injection': 'enabled' }, workloads: [workload] }],
    },
    faults,
  )
}
const at = { namespace: 'shop', name: 'web' }
const stamp = { op: 'add', path: '/spec/template/metadata/annotations', value: { stamp: '1' } } as const
const podsOf = (on: Trial): readonly Pod[] => on.api.all(kinds.Pod, { namespace: 'shop' }) as unknown as readonly Pod[]
const isNew = (pod: Pod): boolean => pod.metadata.annotations?.['stamp'] === '1'

/** What was seen in steps of 50 ms until nothing more is due soon. */
function watched(on: Trial, forMs = 20_000): { readonly leastReady: number; readonly mostPods: number } {
  const ready: number[] = []
  const count: number[] = []
  for (let passed = 0; passed < forMs; passed += 50) {
    on.pass(50)
    const staying = podsOf(on).filter((each) => !isGoing(each))
    ready.push(staying.filter(isReady).length)
    count.push(staying.length)
  }
  return { leastReady: Math.min(...ready), mostPods: Math.max(...count) }
}

describe('a Deployment', () => {
  test('rolls one by one: never less ready than wanted, one more at most', () => {
    const on = one({ name: 'web', replicas: 3 })
    on.api.patch(kinds.Deployment, at, [stamp], 'me')
    expect(on.api.find(kinds.Deployment, at)?.['status']).toMatchObject({ observedGeneration: 1 })
    expect(watched(on)).toEqual({ leastReady: 3, mostPods: 4 })
    expect(podsOf(on).every(isNew)).toBe(true)
    expect(on.api.find(kinds.Deployment, at)?.['status']).toMatchObject({
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
    })
  })

  test('that recreates is away in between, and starts when the last old pod is gone', () => {
    const on = one({ name: 'web', spec: { strategy: { type: 'Recreate' } } })
    on.api.patch(kinds.Deployment, at, [stamp], 'me')
    on.pass(100)
    expect(podsOf(on).map((each) => [isNew(each), isGoing(each)])).toEqual([
      [false, true],
      [false, true],
    ])
    on.pass(5000)
    expect(podsOf(on).map(isNew)).toEqual([true, true])
  })

  test('that is paused does not move until it goes on', () => {
    const on = one({ name: 'web', spec: { paused: true } })
    expect(podsOf(on)).toEqual([])
    on.api.patch(kinds.Deployment, at, [{ op: 'remove', path: '/spec/paused' }], 'me')
    on.pass(5000)
    on.api.patch(kinds.Deployment, at, [{ op: 'add', path: '/spec/paused', value: true }, stamp], 'me')
    on.pass(5000)
    expect(podsOf(on).some(isNew)).toBe(false)
    on.api.patch(kinds.Deployment, at, [{ op: 'remove', path: '/spec/paused' }], 'me')
    on.pass(5000)
    expect(podsOf(on).every(isNew)).toBe(true)
  })

  test('whose new pods never get ready keeps the old ones and says so after the deadline', () => {
    const on = one({ name: 'web' }, { podsNeverReady: [{ app: 'web' }] })
    on.api.patch(kinds.Deployment, at, [stamp], 'me')
    expect(watched(on)).toMatchObject({ leastReady: 2 })
    on.pass(600_000)
    expect(on.api.find(kinds.Deployment, at)?.['status']).toMatchObject({
      readyReplicas: 2,
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }),
      ]) as unknown,
    })
  })

  test('whose pods are refused says why and tries again', () => {
    const on = one({ name: 'web' }, { dead: [{ revision: 'default', fromMs: 0, toMs: 10_000 }] })
    on.api.patch(kinds.Deployment, at, [stamp], 'me')
    on.pass(8000)
    expect(podsOf(on).filter(isReady)).toHaveLength(2)
    expect(on.api.find(kinds.Deployment, at)?.['status']).toMatchObject({
      conditions: expect.arrayContaining([
        expect.objectContaining({
          type: 'ReplicaFailure',
          message: expect.stringContaining('failed calling webhook') as string,
        }),
      ]) as unknown,
    })
    on.pass(30_000)
    expect(podsOf(on).every(isNew)).toBe(true)
    expect(JSON.stringify(on.api.find(kinds.Deployment, at)?.['status'])).not.toContain('ReplicaFailure')
  })

  test('goes back to the pods of an earlier template by its ReplicaSet', () => {
    const on = one({ name: 'web' })
    on.api.patch(kinds.Deployment, at, [stamp], 'me')
    on.pass(5000)
    on.api.patch(kinds.Deployment, at, [{ op: 'remove', path: '/spec/template/metadata/annotations' }], 'me')
    on.pass(5000)
    expect(podsOf(on).some(isNew)).toBe(false)
    expect(on.api.all(kinds.ReplicaSet, { namespace: 'shop' })).toHaveLength(2)
  })
})

describe('a StatefulSet', () => {
  test('is renewed from the last to the first, each ready before the next goes', () => {
    const on = one({ name: 'web', kind: 'StatefulSet', replicas: 3 })
    on.api.patch(kinds.StatefulSet, at, [stamp], 'me')
    on.pass(200)
    expect(podsOf(on).map((each) => [each.metadata.name, isGoing(each)])).toEqual([
      ['web-0', false],
      ['web-1', false],
      ['web-2', true],
    ])
    on.pass(1400)
    expect(podsOf(on).map(isNew)).toEqual([false, false, true])
    expect(watched(on)).toMatchObject({ leastReady: 2, mostPods: 3 })
    expect(on.api.find(kinds.StatefulSet, at)?.['status']).toMatchObject({
      updatedReplicas: 3,
      readyReplicas: 3,
      observedGeneration: 2,
    })
  })

  test('stops at its partition, and a pod below it comes back from the old template', () => {
    const on = one({
      name: 'web',
      kind: 'StatefulSet',
      replicas: 3,
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
    })
    on.api.patch(kinds.StatefulSet, at, [stamp], 'me')
    on.pass(20_000)
    expect(podsOf(on).map(isNew)).toEqual([false, false, true])
    on.api.remove(kinds.Pod, { namespace: 'shop', name: 'web-0' }, 'me')
    on.pass(20_000)
    expect(podsOf(on).map(isNew)).toEqual([false, false, true])
    expect(on.api.find(kinds.StatefulSet, at)?.['status']).toMatchObject({ updatedReplicas: 1, replicas: 3 })
  })

  test('with `OnDelete` waits for a person', () => {
    const on = one({ name: 'web', kind: 'StatefulSet', spec: { updateStrategy: { type: 'OnDelete' } } })
    on.api.patch(kinds.StatefulSet, at, [stamp], 'me')
    on.pass(20_000)
    expect(podsOf(on).some(isNew)).toBe(false)
    on.api.remove(kinds.Pod, { namespace: 'shop', name: 'web-1' }, 'me')
    on.pass(5000)
    expect(podsOf(on).map(isNew)).toEqual([false, true])
  })
})

test('a DaemonSet has a pod on every node and renews one at a time', () => {
  const on = one({ name: 'web', kind: 'DaemonSet' })
  expect(new Set(podsOf(on).map((each) => each.spec['nodeName']))).toEqual(new Set(['node-1', 'node-2', 'node-3']))
  on.api.patch(kinds.DaemonSet, at, [stamp], 'me')
  expect(watched(on)).toEqual({ leastReady: 2, mostPods: 3 })
  expect(podsOf(on).every(isNew)).toBe(true)
  expect(on.api.find(kinds.DaemonSet, at)?.['status']).toMatchObject({
    desiredNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberReady: 3,
  })
})

test('a budget tells how many may go, and stops no restart', () => {
  const on = one({ name: 'web', replicas: 2, budget: 'none' })
  const budget = () => on.api.find(kinds.PodDisruptionBudget, at)?.['status']
  expect(budget()).toMatchObject({ disruptionsAllowed: 0, expectedPods: 2 })
  on.api.patch(kinds.Deployment, at, [stamp], 'me')
  on.pass(10_000)
  expect(podsOf(on).every(isNew)).toBe(true)
})

test('an autoscaler brings istiod to its least, a job replaces its pod until it ends', () => {
  const on = one({ name: 'web', kind: 'Job' })
  expect(on.api.find(kinds.Deployment, { namespace: 'istio-system', name: 'istiod' })?.['status']).toMatchObject({
    readyReplicas: 2,
  })
  const [pod] = podsOf(on)
  expect(on.describe(pod as Pod)).toBe('default 1.30.2')
  on.api.remove(kinds.Pod, { namespace: 'shop', name: pod?.metadata.name ?? '' }, 'me')
  on.pass(2000)
  expect(podsOf(on)).toHaveLength(1)
  expect(podsOf(on)[0]?.metadata.uid).not.toBe(pod?.metadata.uid)
  finishJob(on.api, 'shop', 'web')
  on.pass(2000)
  expect(podsOf(on).map((each) => each.status?.phase)).toEqual(['Succeeded'])
  expect(on.api.find(kinds.Job, at)?.['status']).toMatchObject({ active: 0, succeeded: 1 })
})

test('a pod whose proxy finds no istiod is not ready', () => {
  const on = one({ name: 'web' }, { podReadyMs: 5000 })
  on.api.patch(kinds.Deployment, at, [stamp], 'me')
  on.pass(1000)
  on.world.setFaults({ dead: [{ revision: 'default', fromMs: 0, toMs: 30_000 }] })
  on.pass(10_000)
  expect(podsOf(on).filter(isNew).some(isReady)).toBe(false)
  on.pass(40_000)
  expect(podsOf(on).every((each) => isNew(each) && isReady(each))).toBe(true)
})
