/** What a stage declares to read is what it reads: neither more, which would be observed in vain, nor less, which would not be there. */

import { expect, test } from 'vitest'
import { meshOn } from '../../src/mesh/driver.ts'
import { simulatedCluster } from '../../src/mesh/simulated/cluster.ts'
import { simulatedHelm } from '../../src/mesh/simulated/helm.ts'
import type { Answer, MeshPart, Observation, Probe } from '../../src/upgrade/mesh.ts'
import { plan, rollback, stageById } from '../../src/upgrade/plan.ts'
import type { Before, UpgradeRecord } from '../../src/upgrade/record.ts'
import type { Situation, Stage } from '../../src/upgrade/stage.ts'
import { smallRevisionedScene, smallScene } from './meshes.ts'
import { backFromTheEnd, forward } from './plays.ts'
import type { Play } from './plays.ts'
import { cluster } from './setting.ts'
import type { Scene } from './setting.ts'
import { tell } from './story.ts'
import type { Story } from './story.ts'

const parts = [
  'clusters',
  'controlPlanes',
  'releases',
  'webhooks',
  'tagServices',
  'namespaces',
  'workloads',
  'pods',
  'batch',
  'budgets',
  'unsupported',
  'pinned',
  'roots',
  'meshConfigs',
  'snapshots',
] as const satisfies readonly MeshPart[]
const stages: readonly Stage[] = [...new Set([...Object.values(plan).flat(), ...rollback])]

/** Lets every stage that has its turn, and every promise, look at the whole mesh, and notes what it looks at. */
async function readIn(scene: Scene, play: Play, read: ReadonlyMap<string, Set<string>>): Promise<void> {
  const { signal } = new AbortController()
  const watched = (seen: Observation, by: Stage): Observation =>
    new Proxy(seen, {
      get: (target, part: keyof Observation) => {
        if (part !== 'at') read.get(by.id)?.add(part)
        return target[part]
      },
    })
  const look = async (told: Story, record: UpgradeRecord): Promise<void> => {
    const { world, clock, tasks } = told.setting
    const mesh = meshOn({ cluster: simulatedCluster(world, cluster), helm: simulatedHelm(world), clock })
    const seen = await mesh.observe(parts, signal)
    const situation = (by: Stage, answers: readonly Answer[]): Situation => ({
      upgrade: record,
      job: record.jobs.at(-1)?.id ?? '',
      seen: watched(seen, by),
      answers,
      before: before as Before | undefined,
      now: clock.now(),
      // A check is always too old here, so that it is made again.
      settings: {
        settleMs: 1000,
        readyWithinMs: 300_000,
        rolledWithinMs: 600_000,
        heldAfterMs: 600_000,
        precheckValidMs: -1,
      },
      outside: { others: [], catalogue: { hop: () => undefined, kubernetes: () => undefined }, values: {} },
    })
    const before = await tasks.kept(record.id, 'before')
    for (const stage of stages) if (record.direction === 'forward') stage.still?.(situation(stage, []))
    const stage = stageById(record.stage)
    if (!stage) return
    const questions: readonly Probe[] = stage.asks?.(situation(stage, [])) ?? []
    stage.forward(situation(stage, questions.length === 0 ? [] : await mesh.ask(questions, signal)))
  }
  const story = await tell({
    title: '',
    scene,
    witness: async (moment) => {
      if (moment.what === 'looked') await look(story, await story.record())
    },
  })
  await play(story)
}

test('every stage reads what it declares, and nothing else', async () => {
  const read = new Map(stages.map((stage) => [stage.id, new Set<string>()]))
  await readIn(smallScene, forward, read)
  await readIn(smallScene, backFromTheEnd, read)
  await readIn(smallRevisionedScene, forward, read)
  const told = stages.map(({ id }) => `${id}: ${[...(read.get(id) ?? [])].toSorted().join(' ')}`)
  expect(told).toEqual(stages.map(({ id, reads }) => `${id}: ${[...reads].toSorted().join(' ')}`))
})
