import { describe, expect, test } from 'vitest'
import { simulatedCluster } from './cluster.ts'
import { simulatedHelm } from './helm.ts'
import { kinds } from './kinds.ts'
import { storedReleases } from './helm-releases.ts'
import { applyCrds, canary, trial, v131 } from './trial.ts'

const signal = new AbortController().signal
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'probe', namespace: 'shop' },
  spec: { containers: [{ name: 'app', image: 'x' }] },
}

describe('a simulated cluster', () => {
  test('lists by labels, and metadata alone where that is enough', async () => {
    const { world } = trial('demo')
    const cluster = simulatedCluster(world, 'alpha')
    const cart = await cluster.list(kinds.Pod, { namespace: 'shop', labelSelector: 'app in (cart)' }, signal)
    expect(cart).toHaveLength(2)
    expect(cart[0]).toMatchObject({ kind: 'Pod', apiVersion: 'v1' })
    const [only] = await cluster.list(kinds.Pod, { labelSelector: 'app=cart', metadataOnly: true }, signal)
    expect(Object.keys(only ?? {})).toEqual(['apiVersion', 'kind', 'metadata'])
    expect(await cluster.list({ ...kinds.Pod, group: 'example.org', plural: 'things' }, {}, signal)).toEqual([])
    expect(await cluster.get(kinds.Pod, { namespace: 'shop', name: 'none' }, signal)).toBeUndefined()
  })

  test('writes as meshlift, and dry runs leave no trace', async () => {
    const { world } = trial('demo')
    const cluster = simulatedCluster(world, 'alpha')
    await cluster.create(kinds.Pod, pod, { dryRun: true }, signal)
    await cluster.patch(
      kinds.Namespace,
      { name: 'shop' },
      [{ op: 'add', path: '/metadata/labels/x', value: 'y' }],
      signal,
    )
    expect(world.log.map((each) => `${each.by} ${each.verb} ${each.plural}/${each.name}`)).toEqual([
      'meshlift patch namespaces/shop',
    ])
  })

  test('is away in its windows, and forbids what it is told to', async () => {
    const { world, pass } = trial('demo', {
      unavailable: [{ fromMs: 0, toMs: 1000 }],
      forbidden: [{ verb: 'patch', plural: 'namespaces' }],
    })
    const cluster = simulatedCluster(world, 'alpha')
    await expect(cluster.version(signal)).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(cluster.list(kinds.Pod, {}, signal)).rejects.toMatchObject({ kind: 'unavailable' })
    pass(1000)
    expect(await cluster.version(signal)).toBe('v1.35.4')
    await expect(cluster.patch(kinds.Namespace, { name: 'shop' }, [], signal)).rejects.toMatchObject({
      kind: 'forbidden',
    })
    expect(await cluster.may('patch', kinds.Namespace, {}, signal)).toBe(false)
    expect(await cluster.may('list', kinds.Namespace, {}, signal)).toBe(true)
  })

  test('tells of a change when it happens, of one that happened before at once, and of none after the time', async () => {
    const { world, clock, api } = trial('demo')
    const cluster = simulatedCluster(world, 'alpha')
    const began = clock.now()
    await cluster.changed(5000, signal)
    expect(clock.now()).toBe(began + 5000)
    api.remove(kinds.Pod, { namespace: 'shop', name: 'orders-0' }, 'me')
    await cluster.changed(5000, signal)
    expect(clock.now()).toBe(began + 5000)
    await cluster.changed(5000, signal)
    expect(clock.now()).toBeGreaterThan(began + 5000)
    expect(clock.now()).toBeLessThan(began + 6000)
  })

  test('wakes its watchers when another client writes', async () => {
    const { world, clock } = trial('demo')
    const [one, two] = [simulatedCluster(world, 'alpha'), simulatedCluster(world, 'alpha')]
    const began = clock.now()
    const woken = one.changed(60_000, signal)
    await two.patch(kinds.Namespace, { name: 'shop' }, [{ op: 'add', path: '/metadata/labels/x', value: 'y' }], signal)
    await woken
    expect(clock.now()).toBe(began)
  })
})

describe('a simulated helm', () => {
  test('installs in its own time, and is alive until then', async () => {
    const { world, api, clock } = trial('demo')
    applyCrds(api)
    const helm = simulatedHelm(world)
    const began = clock.now()
    const installing = helm.install(canary, v131.istiod, { revision: '1-31' }, signal)
    expect(storedReleases(api, canary)[0]?.info.status).toBe('pending-install')
    await expect(helm.uninstall(canary, signal)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('still running') as string,
    })
    await installing
    expect(clock.now()).toBe(began + 400)
    expect(storedReleases(api, canary)[0]?.info.status).toBe('deployed')
  })

  test('stopped in the middle it leaves the release pending, and uninstall clears it', async () => {
    const { world, api } = trial('demo')
    const helm = simulatedHelm(world)
    const stop = new AbortController()
    const installing = helm.install(canary, v131.istiod, { revision: '1-31' }, stop.signal)
    stop.abort()
    await expect(installing).rejects.toMatchObject({ kind: 'aborted' })
    expect(storedReleases(api, canary)[0]?.info.status).toBe('pending-install')
    await helm.uninstall(canary, signal)
    expect(storedReleases(api, canary)).toEqual([])
  })

  test('is not there, or cannot pull its chart', async () => {
    const { world } = trial('demo', { helmMissing: true })
    const helm = simulatedHelm(world)
    await expect(helm.version(signal)).rejects.toMatchObject({ kind: 'not-found' })
    world.setFaults({ helmMissing: false, chartTrouble: 'no such host' })
    expect(await helm.version(signal)).toBe('v4.1.4')
    await expect(helm.template(canary, v131.istiod, {}, signal)).rejects.toMatchObject({ kind: 'unavailable' })
  })

  test('renders the CRDs of old and new base charts', async () => {
    const helm = simulatedHelm(trial('demo').world)
    const count = async (version: string): Promise<number> =>
      (await helm.template(canary, { chart: 'base', version }, {}, signal)).filter(
        (each) => each.kind === 'CustomResourceDefinition',
      ).length
    expect([await count('1.22.0'), await count('1.31.0')]).toEqual([14, 15])
  })
})
