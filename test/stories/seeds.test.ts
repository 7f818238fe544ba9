/** The same upgrades in worlds that are slower, quicker and differently by chance: the end is the same, and no rule is broken on the way. */

import { expect, test } from 'vitest'
import type { Faults } from '../../src/mesh/simulated/faults.ts'
import { smallClassicScene, smallRevisionedScene, smallScene } from './meshes.ts'
import { differences, pictureBefore } from './picture.ts'
import { backFromTheEnd, backFromTheMiddle, forward } from './plays.ts'
import { tell } from './story.ts'

const paces: readonly Partial<Faults>[] = [
  { podReadyMs: 50, podGoneMs: 10, istiodReadyMs: 100, controllerMs: 1, caBundleMs: 5, helmMs: 10 },
  { podReadyMs: 7000, podGoneMs: 15_000, istiodReadyMs: 20_000, controllerMs: 900, caBundleMs: 2500, helmMs: 9000 },
  { podReadyMs: 30, podGoneMs: 30_000, controllerMs: 300, namespaceCacheLagMs: 700 },
]
const scenes = {
  'un-revisioned': smallScene,
  revisioned: smallRevisionedScene,
  'un-revisioned 1.22': smallClassicScene,
}

const cases = Object.entries(scenes).flatMap(([mesh, scene], at) =>
  paces.map((faults, pace) => ({ mesh, scene, faults, pace, seed: 10 * at + pace + 2 })),
)

test.each(cases)('$mesh, pace $pace, seed $seed', async ({ scene, faults, seed }) => {
  const there = await tell({ title: '', scene: { ...scene, faults, seed } })
  expect((await forward(there)).ended).toBe('success')
  for (const play of [backFromTheMiddle, backFromTheEnd]) {
    const back = await tell({ title: '', scene: { ...scene, faults, seed } })
    const before = pictureBefore(back.world)
    expect((await play(back)).ended).toBe('rolled-back')
    expect(differences(before, pictureBefore(back.world))).toEqual([])
  }
})
