// Told to end in the middle of a list of removals, the program finishes the one that has begun and begins no other.
import { expect, test } from 'vitest'
import type { NoteBody } from '../../src/upgrade/note.ts'
import { readRecord } from '../../src/upgrade/record.ts'
import type { UpgradeRecord } from '../../src/upgrade/record.ts'
import { smallScene } from '../stories/meshes.ts'
import { until } from '../stories/plays.ts'
import { startProgram } from '../stories/program.ts'
import type { Moment, Program } from '../stories/program.ts'
import { tell } from '../stories/story.ts'

/** What a story's program calls itself: started again it takes its own lease back. */
const owner = 'installation-1'

test('stops between two actions of one tick, and the next start removes the rest, each once', async () => {
  const story = await tell({ title: 'stopped', scene: smallScene })
  await until(story, 'DataPlaneUpgrade')
  const { setting, world } = story
  await story.order('PostUpgrade', 'Execute')

  let listed = 0
  const begun: string[] = []
  const ended: string[] = []
  let stopped: Promise<void> | undefined
  const witness = async (moment: Moment): Promise<void> => {
    if (moment.what === 'saved') {
      const acts = moment.save.notes.map(({ body }) => body as NoteBody).find(({ kind }) => kind === 'act')
      listed = acts?.actions?.length ?? 0
    }
    if (moment.what === 'acting' && listed > 2) {
      begun.push(moment.action.do)
      stopped ??= first.worker.stop()
    }
    if (moment.what === 'acted' && listed > 2) ended.push(moment.action.do)
  }
  const first = startProgram({ setting, witness, owner })
  await turnUntil(first, () => stopped !== undefined)
  await stopped
  expect(listed).toBeGreaterThan(2)
  expect(begun).toHaveLength(1)
  expect(ended).toEqual(begun)
  // Nothing starts any more.
  await first.worker.turn()
  expect(begun).toHaveLength(1)

  const next = startProgram({ setting, witness: async () => undefined, owner })
  const record = async (): Promise<UpgradeRecord> => readRecord((await setting.tasks.list({}))[0]?.state)
  await turnUntil(next, async () => (await record()).ended !== undefined)
  expect(await record()).toMatchObject({ ended: 'success' })
  const removed = world.log
    .filter(({ by, verb }) => verb === 'delete' && (by === 'meshlift' || by === 'helm'))
    .map(({ plural, namespace = '', name }) => `${plural} ${namespace}/${name}`)
  expect(removed.length).toBeGreaterThan(listed - 1)
  expect(new Set(removed).size).toBe(removed.length)

  async function turnUntil(program: Program, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let turns = 0; turns < 1000; turns += 1) {
      const wake = await program.worker.turn()
      if (await holds()) return
      await setting.clock.sleep(Math.max(1, (wake ?? 0) - setting.clock.now()))
    }
    throw new Error(`It did not come to that.\n${story.diary()}`)
  }
})
