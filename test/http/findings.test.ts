import { beforeEach, expect, it } from 'vitest'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { allow, person } from './people.ts'
import { plantedNamespace, upgradeBody, withMesh } from './samples.ts'

let at: Harness
let mesh_upgrade_id: string
let mesh: string
beforeEach(async () => {
  at = await harness()
  mesh = (await withMesh(at)).metadata.uid
})

const begin = async (): Promise<void> => {
  mesh_upgrade_id = (await at.client.createUpgrade({ body: upgradeBody(mesh) })).metadata.uid
}
const found = async (): Promise<readonly string[]> =>
  (await at.client.listFindings({ mesh_upgrade_id })).items.map(({ check, about }) => `${check} ${about}`)

it('are none before the checks ran, and what they found afterwards', async () => {
  plantedNamespace(at.world(), 'stray', { 'istio.io/rev': 'unknown' })
  const { findings } = await at.client.checkMesh({ body: { mesh, targetVersion: '1.31.0' } })
  await begin()
  expect(await at.client.listFindings({ mesh_upgrade_id })).toEqual({ items: [] })
  await at.settled(mesh_upgrade_id)
  const { items } = await at.client.listFindings({ mesh_upgrade_id })
  expect(items).toMatchObject([
    { check: 'namespace-labels', weight: 'blocks', about: 'stray', code: expect.stringMatching(/^namespace-labels\//) },
  ])
  // Word for word what a check without an upgrade says.
  expect(items).toEqual(findings)
})

it('follow the newest run: a retry after repair has none, and a check that is old is done again', async () => {
  const heal = plantedNamespace(at.world(), 'stray', { 'istio.io/rev': 'unknown' })
  await begin()
  await at.settled(mesh_upgrade_id)
  expect(await found()).toEqual(['namespace-labels stray'])
  heal()
  expect((await at.put(mesh_upgrade_id, 'PreCheck', 'Retry')).status).toBe(200)
  await at.settled(mesh_upgrade_id)
  expect(await found()).toEqual([])

  plantedNamespace(at.world(), 'later', { 'istio.io/rev': 'unknown' })
  at.tick(7 * 3_600_000)
  expect((await at.put(mesh_upgrade_id, 'ControlPlaneUpgrade', 'Execute')).status).toBe(200)
  await at.settled(mesh_upgrade_id)
  expect(await found()).toEqual(['namespace-labels later'])
})

it('are for those who may see the upgrade', async () => {
  await begin()
  const path = `/meshlift/v1/PROJECT/upgrades/${mesh_upgrade_id}/findings`
  const nobody = await person(at, 'nobody', allow('meshlift:upgrade:list'))
  expect((await nobody.ask('GET', path)).status).toBe(403)
  const reader = await person(at, 'reader', allow('meshlift:upgrade:get'))
  expect(await reader.ask('GET', path)).toMatchObject({ status: 200, body: { items: [] } })
  expect(await at.ask('GET', path.replace(mesh_upgrade_id, 'unknown'))).toMatchObject({
    status: 404,
    body: { problem: 'upgrades/unknown' },
  })
})
