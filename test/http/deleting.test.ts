import { beforeEach, describe, expect, it } from 'vitest'
import type { Mesh } from '../../src/contract/meshes.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { plantedNamespace, upgradeBody, withMesh } from './samples.ts'

let at: Harness
let mesh: Mesh
let id: string
const create = async () => {
  const made = await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })
  id = made.metadata.uid
  return made
}
const asked = (method: string) => at.ask(method, `/v1/PROJECT/mesh-upgrade/${id}`)
beforeEach(async () => {
  at = await harness()
  mesh = await withMesh(at)
  await create()
})

/** Answers with the last state; after that nothing of it is there, and the mesh is free for another one. */
async function deletes() {
  const last = await at.client.getUpgrade({ mesh_upgrade_id: id })
  const jobs = [id, last.status.currentStep.id]
  expect(await asked('DELETE')).toMatchObject({ status: 200, body: last })
  for (const path of [
    `/v1/PROJECT/mesh-upgrade/${id}`,
    ...jobs.map((job) => `/v1/PROJECT/mesh-job/${job}`),
    `/meshlift/v1/PROJECT/upgrades/${id}`,
    `/meshlift/v1/PROJECT/upgrades/${id}/notes`,
  ])
    expect((await at.ask('GET', path)).status).toBe(404)
  expect((await asked('DELETE')).status).toBe(404)
  expect(await at.client.listUpgrades()).toEqual({ items: [] })
}

async function refuses() {
  const before = await at.client.getUpgrade({ mesh_upgrade_id: id })
  expect(await asked('DELETE')).toMatchObject({
    status: 409,
    body: {
      errorCode: 'ASM.01010003',
      problem: 'upgrades/in-between',
      errorMsg: expect.stringContaining('roll it back'),
    },
  })
  expect(await at.client.getUpgrade({ mesh_upgrade_id: id })).toEqual(before)
  const { status } = await at.client.getMesh({ mesh_id: mesh.metadata.uid })
  return status.phase
}

describe('deleting an upgrade', () => {
  it('is taken before it began', async () => {
    await deletes()
    const next = await create()
    expect(next.metadata.name).toBe('to-131')
  })

  it('is taken after PreCheck, whether it succeeded or failed', async () => {
    await at.settled(id)
    await deletes()
    plantedNamespace(at.world(), 'stray', { 'istio.io/rev': 'unknown' })
    await create()
    const { status } = await at.settled(id)
    expect(status.currentStep.phase).toBe('Failed')
    await deletes()
  })

  it('is refused from the request for the second step until the end of the last', async () => {
    await at.settled(id)
    for (const step of ['ControlPlaneUpgrade', 'DataPlaneUpgrade', 'PostUpgrade'] as const) {
      await at.put(id, step, 'Execute')
      await refuses()
      if (step === 'PostUpgrade') break
      await at.round()
      expect(await refuses()).toBe('Upgrading')
      await at.settled(id)
      expect(await refuses()).toBe('Upgrading')
    }
    await at.settled(id)
    await deletes()
    // What it did stays done.
    expect((await at.client.getMesh({ mesh_id: mesh.metadata.uid })).spec.version).toBe('1.31.0')
  })

  it('is refused while it rolls back, and taken after that', async () => {
    await at.settled(id)
    await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    await at.settled(id)
    await at.put(id, 'ControlPlaneUpgrade', 'Rollback')
    await refuses()
    await at.settled(id)
    await deletes()
    await create()
    expect((await at.settled(id)).status.currentStep.phase).toBe('Success')
  })

  it('is taken once it was abandoned, which ends it without another write', async () => {
    await at.settled(id)
    await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    await at.settled(id)
    const writes = at.world().log.length
    expect(await at.client.abandonUpgrade({ mesh_upgrade_id: id })).toMatchObject({
      state: 'Cancel',
      mayAbandon: false,
    })
    await at.round()
    expect(await at.client.getUpgrade({ mesh_upgrade_id: id })).toMatchObject({ status: { state: 'Cancel' } })
    expect(at.world().log.length).toBe(writes)
    await expect(at.client.abandonUpgrade({ mesh_upgrade_id: id })).rejects.toMatchObject({ status: 409 })
    expect((await at.put(id, 'ControlPlaneUpgrade', 'Rollback')).status).toBe(409)
    await deletes()
  })
})

describe('forgetting a mesh', () => {
  it('is refused while an upgrade of it is unfinished, naming it', async () => {
    const forget = () => at.ask('DELETE', `/v1/PROJECT/meshes/${mesh.metadata.uid}`)
    expect(await forget()).toMatchObject({ status: 409, body: { problem: 'meshes/upgrading' } })
    expect((await forget()).body.errorMsg).toContain(id)
    await at.client.abandonUpgrade({ mesh_upgrade_id: id }).catch(() => undefined)
    await at.settled(id)
    expect((await forget()).status).toBe(409)
    await at.client.abandonUpgrade({ mesh_upgrade_id: id })
    await at.round()
    expect((await forget()).status).toBe(200)
    // Its upgrade is still told about.
    expect(await at.client.getUpgrade({ mesh_upgrade_id: id })).toMatchObject({ status: { state: 'Cancel' } })
  })

  it('and beginning an upgrade of it at the same moment leaves one of the two', async () => {
    // Between its look at the upgrades and the removal, whoever can begin one does.
    const looked = Promise.withResolvers<void>()
    at = await harness(({ desk }) => ({
      desk: {
        ...desk,
        async list(filter) {
          const found = await desk.list(filter)
          looked.resolve()
          for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
          return found
        },
      },
    }))
    mesh = await withMesh(at)
    const forgotten = at.ask('DELETE', `/v1/PROJECT/meshes/${mesh.metadata.uid}`)
    await looked.promise
    const begun = at.ask('POST', '/v1/PROJECT/mesh-upgrade', upgradeBody(mesh.metadata.uid))
    expect([(await forgotten).status, (await begun).status]).toEqual([200, 404])
    expect(await at.client.listUpgrades()).toEqual({ items: [] })
  })
})
