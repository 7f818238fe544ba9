import { beforeEach, expect, it } from 'vitest'
import type { TaskDesk, TaskPage } from '../../src/tasks/store.ts'
import type { UpgradeRecord } from '../../src/upgrade/record.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { memoryStores } from './heart.ts'
import type { Stores } from './heart.ts'
import { allow, person } from './people.ts'
import { upgradeBody, withMesh } from './samples.ts'

let at: Harness
let mesh: string
let stores: Stores
let pages: TaskPage[]

beforeEach(async () => {
  stores = memoryStores()
  pages = []
  const page: TaskDesk['page'] = (asked) => {
    pages.push(asked)
    return stores.tasks.page(asked)
  }
  at = await harness(() => ({}), { ...stores, tasks: { ...stores.tasks, page } })
  mesh = (await withMesh(at)).metadata.uid
})

/** Upgrades that are over, oldest first: copies of a real one that was abandoned. Every tenth one succeeded. */
async function ended(count: number): Promise<readonly string[]> {
  const { metadata } = await at.client.createUpgrade({ body: upgradeBody(mesh) })
  await at.settled(metadata.uid)
  await at.client.abandonUpgrade({ mesh_upgrade_id: metadata.uid })
  await at.until(metadata.uid, ({ status }) => status.state === 'Cancel')
  const task = await stores.tasks.read(metadata.uid)
  if (!task) throw new Error('The upgrade is gone.')
  const epoch = (await stores.tasks.lease('paging', 1e15, 1e9, true)) ?? 0
  await stores.tasks.remove(task.id, task.version)
  const ids = Array.from({ length: count }, (_, index) => `upgrade-${index}`)
  for (const [index, id] of ids.entries()) {
    // Several of the same moment.
    const createdAt = task.createdAt + Math.floor(index / 3)
    const over = index % 10 === 0 ? ({ ended: 'success', step: 'PostUpgrade' } as const) : {}
    const state = { ...(task.state as UpgradeRecord), id, createdAt, ...over }
    const command = { id: `command-${id}`, body: { do: 'abandon' }, at: createdAt }
    const made = await stores.tasks.create({ id, project: task.project, subject: mesh, state, createdAt, command })
    await stores.tasks.save(epoch, {
      task: id,
      version: made.version,
      state,
      finished: true,
      wakeAt: undefined,
      folded: command.id,
      items: [],
      notes: [],
      keep: [],
    })
  }
  pages.length = 0
  return ids
}

async function walked(query: {
  readonly state?: 'Success'
  readonly limit: string
}): Promise<readonly (readonly string[])[]> {
  const answers: (readonly string[])[] = []
  let next: string | undefined
  do {
    const after: { readonly after?: string } = next === undefined ? {} : { after: next }
    const answer = await at.client.listUpgrades({ query: { ...query, ...after } })
    answers.push(answer.items.map(({ id }) => id))
    next = answer.next
  } while (next !== undefined)
  return answers
}

it('gives upgrades piece by piece, newest first, each once, and no empty piece at the end', async () => {
  const ids = await ended(20)
  for (const limit of [1, 5, 7, 20, 1000]) {
    const pieces = await walked({ limit: String(limit) })
    expect(pieces.flat()).toEqual(ids.toReversed())
    expect(pieces).toHaveLength(Math.ceil(20 / limit))
  }
  expect((await at.client.listUpgrades()).items).toHaveLength(20)
})

it('gives 100 when nothing is said, and reads little more than it gives', async () => {
  const ids = await ended(250)
  const { items, next } = await at.client.listUpgrades()
  expect([items.length, next]).toEqual([100, ids[150]])
  await at.client.listUpgrades({ query: { limit: '3' } })
  expect(pages.map(({ limit }) => limit)).toEqual([100, 100, 4])
})

it('finds a rare state without reading on for ever', async () => {
  const ids = await ended(250)
  const succeeded = ids.filter((_, index) => index % 10 === 0).toReversed()
  const pieces = await walked({ state: 'Success', limit: '10' })
  expect(pieces.map((piece) => piece.length)).toEqual([10, 10, 5])
  expect(pieces.flat()).toEqual(succeeded)
  expect((await at.client.listUpgrades({ query: { state: 'RolledBack' } })).items).toEqual([])
})

it('answers with what it has and where to go on, when very many had to be read', async () => {
  const ids = await ended(2_100)
  const first = await at.client.listUpgrades({ query: { state: 'RolledBack' } })
  expect(first).toEqual({ items: [], next: ids[100] })
  expect(pages).toHaveLength(20)
  expect(await at.client.listUpgrades({ query: { state: 'RolledBack', after: first.next ?? '' } })).toEqual({
    items: [],
  })
})

it('goes on after an upgrade of this project only', async () => {
  const [only = ''] = await ended(1)
  expect(await at.client.listUpgrades({ query: { after: only } })).toEqual({ items: [] })
  await expect(at.client.listUpgrades({ query: { after: 'upgrade-9' } })).rejects.toMatchObject({
    status: 404,
    code: 'upgrades/unknown',
  })
})

it('gives what the caller may list, also of a mesh that was forgotten since', async () => {
  await ended(3)
  const path = '/meshlift/v1/PROJECT/upgrades'
  const lister = await person(at, 'lister', allow('meshlift:upgrade:list'))
  expect((await lister.ask('GET', path)).body.items).toHaveLength(3)
  const nobody = await person(at, 'nobody')
  expect((await nobody.ask('GET', path)).status).toBe(403)
  await at.client.deleteMesh({ mesh_id: mesh })
  expect((await at.client.listUpgrades()).items).toHaveLength(3)
})
