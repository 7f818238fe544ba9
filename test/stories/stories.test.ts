/** Whole upgrades on the simulated mesh, read as diaries. `vitest run --update` writes the goldens anew. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/lib/sqlite.ts'
import { taskTables } from '../../src/tasks/sqlite/tables.ts'
import { sqliteTasks } from '../../src/tasks/sqlite/tasks.ts'
import { classic, classicRevisioned, demo, revisioned } from './meshes.ts'
import { differences, pictureBefore } from './picture.ts'
import { backFromTheEnd, backFromTheMiddle, forward } from './plays.ts'
import type { Scene } from './setting.ts'
import { tell } from './story.ts'
import type { Story } from './story.ts'

const golden = (story: Story, name: string): Promise<void> =>
  expect(story.diary()).toMatchFileSnapshot(`goldens/${name}.txt`)

async function toldOf(
  title: string,
  scene: Scene,
): Promise<{ readonly story: Story; readonly changed: () => readonly string[] }> {
  const story = await tell({ title, scene })
  const before = pictureBefore(story.world)
  return { story, changed: () => differences(before, pictureBefore(story.world)) }
}

describe('forward', () => {
  test.each([
    { name: 'demo-forward', title: 'un-revisioned, four ways to be in the mesh', scene: demo },
    { name: 'revisioned-forward', title: 'revisioned, a tag of Helm and one of istioctl', scene: revisioned },
    { name: 'classic-forward', title: 'un-revisioned 1.22, sidecars of another form', scene: classic },
    { name: 'classic-revisioned-forward', title: 'revisioned 1.22', scene: classicRevisioned },
  ])('$name', async ({ name, title, scene }) => {
    const story = await tell({ title, scene })
    const { ended, closing } = await forward(story)
    expect(ended).toBe('success')
    await golden(story, name)
    await expect(`${closing?.join('\n')}\n`).toMatchFileSnapshot(`goldens/${name}-closing.txt`)
  })

  test('the same story on SQLite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'story-'))
    const database = await openDatabase(join(folder, 'meshlift.db'), [taskTables])
    const tasks = sqliteTasks(database.kysely)
    const story = await tell({ title: 'un-revisioned, four ways to be in the mesh', scene: { ...demo, tasks } })
    expect((await forward(story)).ended).toBe('success')
    await golden(story, 'demo-forward')
    await database.close()
    rmSync(folder, { recursive: true })
  })
})

describe('back', () => {
  const scenes = { demo, revisioned, classic, 'classic-revisioned': classicRevisioned }
  const plays = { 'from-the-middle': backFromTheMiddle, 'from-the-end': backFromTheEnd }
  const cases = Object.entries(scenes).flatMap(([mesh, scene]) =>
    Object.entries(plays).map(([from, play]) => ({ mesh, from, scene, play })),
  )
  test.each(cases)('$mesh $from', async ({ mesh, from, scene, play }) => {
    const { story, changed } = await toldOf(`${mesh}, back ${from}`, scene)
    const { ended } = await play(story)
    await golden(story, `${mesh}-back-${from}`)
    expect(ended).toBe('rolled-back')
    expect(changed()).toEqual([])
  })
})
