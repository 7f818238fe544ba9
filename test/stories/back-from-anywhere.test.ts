/** A roll back asked for the moment after each action, up to the last one that can be taken back: always to the beginning. */

import { describe, expect, test } from 'vitest'
import { describeAction } from '../../src/upgrade/actions.ts'
import { smallClassicScene, smallRevisionedScene, smallScene } from './meshes.ts'
import { differences, pictureBefore } from './picture.ts'
import { until } from './plays.ts'
import type { Moment } from './program.ts'
import type { Scene } from './setting.ts'
import { tell } from './story.ts'

const isActed = (moment: Moment, what: string): boolean =>
  moment.what === 'acted' && describeAction(moment.action) === what

async function actionsOf(scene: Scene): Promise<readonly string[]> {
  const actions: string[] = []
  const witness = async (moment: Moment): Promise<void> => {
    if (moment.what === 'acted') actions.push(describeAction(moment.action))
  }
  await until(await tell({ title: '', scene, witness }), 'DataPlaneUpgrade')
  return actions
}

const scenes = [
  { mesh: 'un-revisioned', scene: smallScene },
  { mesh: 'revisioned', scene: smallRevisionedScene },
  { mesh: 'un-revisioned 1.22', scene: smallClassicScene },
]
const told = await Promise.all(scenes.map(async (one) => ({ ...one, actions: await actionsOf(one.scene) })))

describe.each(told)('$mesh', ({ scene, actions }) => {
  test('moves everything there is to move', () => {
    expect(actions.length).toBeGreaterThan(12)
    expect(new Set(actions).size).toBe(actions.length)
  })

  test.each(actions)('back after %s', async (action) => {
    const story = await tell({ title: action, scene })
    const before = pictureBefore(story.world)
    await story.begin('1.31')
    story.when(
      (moment) => isActed(moment, action),
      'asked to roll back',
      async () => {
        const { step } = await story.record()
        await story.order(step, 'Rollback')
      },
    )
    let record = await story.ask('ControlPlaneUpgrade', 'Execute')
    if (record.ended === undefined) record = await story.ask('DataPlaneUpgrade', 'Execute')
    expect(record.ended).toBe('rolled-back')
    expect(differences(before, pictureBefore(story.world))).toEqual([])
  })
})
