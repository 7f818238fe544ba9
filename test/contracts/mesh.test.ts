import { expect, test } from 'vitest'
import { meshOn } from '../../src/mesh/driver.ts'
import { secrets } from '../../src/mesh/resources.ts'
import { simulatedCluster } from '../../src/mesh/simulated/cluster.ts'
import { simulatedHelm } from '../../src/mesh/simulated/helm.ts'
import { virtualClock } from '../../src/mesh/simulated/virtual-clock.ts'
import { makeWorld } from '../../src/mesh/simulated/world.ts'
import type { WorldOptions } from '../../src/mesh/simulated/world.ts'
import { meshContract } from './mesh.ts'

const start = Date.parse('2026-11-22T10:00:00Z')
const { signal } = new AbortController()

function simulated(options: Omit<WorldOptions, 'clock'>) {
  const clock = virtualClock(start)
  const world = makeWorld({ clock, ...options })
  const cluster = simulatedCluster(world, 'east')
  const helm = simulatedHelm(world)
  return { world, clock, mesh: meshOn({ cluster, helm, clock }) }
}

for (const fixture of ['demo', 'classic'] as const)
  meshContract(`the simulated cluster (${fixture})`, async () => {
    const { world, clock, mesh } = simulated({ mesh: fixture })
    return {
      mesh,
      clock,
      cluster: 'east',
      version: '1.31.0',
      writes: () => world.log.length,
      close: async () => undefined,
    }
  })

test('a cluster that does not answer is a fact, and says why; other parts are a Problem, never empty', async () => {
  const { mesh } = simulated({ faults: { unavailable: [{ fromMs: 0, toMs: 1000 }] } })
  const { clusters } = await mesh.observe(['clusters'], signal)
  expect(clusters).toEqual([
    { cluster: 'east', reachable: false, why: expect.stringContaining('connection refused'), missing: [] },
  ])
  await expect(mesh.observe(['pods'], signal)).rejects.toMatchObject({ kind: 'unavailable' })
})

test('a permission that is missing is named with verb and resource', async () => {
  const { mesh } = simulated({ faults: { forbidden: [{ verb: 'patch', plural: 'namespaces' }] } })
  const { clusters } = await mesh.observe(['clusters'], signal)
  expect(clusters).toMatchObject([{ reachable: true, missing: ['patch namespaces'] }])
})

test('an interrupted install is cleared and made again', async () => {
  const { mesh } = simulated({ faults: { helmKilledAfter: 6 } })
  const release = 'istiod-canary'
  const install = {
    do: 'install-revision',
    cluster: 'east',
    release,
    version: '1.31.0',
    revision: 'canary',
    values: {},
  } as const
  await expect(mesh.perform(install, signal)).rejects.toBeDefined()
  const pending = (await mesh.observe(['releases'], signal)).releases.find((one) => one.name === release)
  expect(pending?.status).toBe('pending-install')
  await expect(mesh.perform(install, signal)).rejects.toMatchObject({ kind: 'conflict' })
  await mesh.perform({ do: 'clear-release', cluster: 'east', release }, signal)
  await mesh.perform({ do: 'clear-release', cluster: 'east', release }, signal)
  await mesh.perform(install, signal)
  const done = (await mesh.observe(['releases'], signal)).releases.find((one) => one.name === release)
  expect(done?.status).toBe('deployed')
})

test('half an installation without a release record is found by the label of its revision', async () => {
  const { mesh, world } = simulated({})
  const release = 'istiod-canary'
  await mesh.perform(
    { do: 'install-revision', cluster: 'east', release, version: '1.31.0', revision: 'canary', values: {} },
    signal,
  )
  const [before] = await mesh.ask([{ ask: 'belongings', cluster: 'east', release, revision: 'canary' }], signal)
  world.write((api) =>
    api.remove(secrets, { name: `sh.helm.release.v1.${release}.v1`, namespace: 'istio-system' }, 'somebody'),
  )
  const [after] = await mesh.ask([{ ask: 'belongings', cluster: 'east', release, revision: 'canary' }], signal)
  const namesOf = (answer: typeof before) =>
    answer?.ask === 'belongings' ? answer.remove.map((one) => `${one.kind} ${one.name}`) : []
  expect(namesOf(after)).toEqual(namesOf(before).filter((one) => !one.startsWith('Secret ')))
  expect(namesOf(after).length).toBeGreaterThan(8)
})
