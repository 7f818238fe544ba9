import { beforeEach, describe, expect, it } from 'vitest'
import type { Mesh } from '../../src/contract/meshes.ts'
import { setTag } from '../../src/mesh/simulated/tags.ts'
import type { UpgradeRecord } from '../../src/upgrade/record.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { memoryStores } from './heart.ts'
import { upgradeBody, withMesh } from './samples.ts'

let at: Harness
let mesh: Mesh
let id: string
const stores = memoryStores
beforeEach(async () => {
  at = await harness()
  await begun()
})

async function begun(): Promise<void> {
  mesh = await withMesh(at)
  id = (await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })).metadata.uid
  await at.settled(id)
}
const standing = async () => {
  const { spec, status } = await at.client.getUpgrade({ mesh_upgrade_id: id })
  const shown = await at.client.getMesh({ mesh_id: mesh.metadata.uid })
  const { name, action } = spec.currentStep
  return [status.state, name, action, status.currentStep.phase, shown.status.phase, shown.spec.version].join(' ')
}
async function moved() {
  await at.put(id, 'ControlPlaneUpgrade', 'Execute')
  await at.settled(id)
  await at.put(id, 'DataPlaneUpgrade', 'Execute')
}

describe('rolling back', () => {
  it('is taken while a step works, is one piece of work of its own, and ends where it began', async () => {
    await moved()
    await at.round()
    await at.round()
    expect(await standing()).toBe('Running DataPlaneUpgrade Execute Running Upgrading 1.30.2')
    const asked = await at.put(id, 'DataPlaneUpgrade', 'Rollback')
    expect(asked).toMatchObject({ status: 200, body: { status: { state: 'RollingBack' } } })
    const job_id = asked.body.status.currentStep.id
    await at.round()
    expect(await standing()).toBe('RollingBack DataPlaneUpgrade Rollback Running RollingBack 1.30.2')

    const same = await at.put(id, 'DataPlaneUpgrade', 'Rollback')
    expect([same.status, same.body.status.currentStep.id]).toEqual([200, job_id])
    for (const [name, action] of [
      ['DataPlaneUpgrade', 'Execute'],
      ['PostUpgrade', 'Execute'],
      ['DataPlaneUpgrade', 'Retry'],
    ] as const)
      expect((await at.put(id, name, action)).status).toBe(409)

    await at.settled(id)
    expect(await standing()).toBe('RolledBack DataPlaneUpgrade Rollback Success Running 1.30.2')
    const job = await at.client.getJob({ job_id })
    expect(job).toMatchObject({ spec: { type: 'MeshUpgradeRollback' }, status: { phase: 'Success' } })
    // The step that it took over from is over too.
    const root = await at.client.getJob({ job_id: id })
    expect(root.spec.subjobs?.map(({ spec, status }) => [spec.type, status.phase])).toEqual([
      ['MeshUpgradePreCheck', 'Success'],
      ['MeshUpgradeControlPlane', 'Success'],
      ['MeshUpgradeDataPlane', 'Failed'],
      ['MeshUpgradeRollback', 'Success'],
    ])
    expect(root.status.phase).toBe('Success')
    const again = await at.put(id, 'DataPlaneUpgrade', 'Rollback')
    expect(again).toMatchObject({ status: 409, body: { errorMsg: expect.stringContaining('has ended') } })
  })

  it('is taken for any step that was started, and for none that was not', async () => {
    expect((await at.put(id, 'ControlPlaneUpgrade', 'Rollback')).status).toBe(409)
    await moved()
    await at.settled(id)
    expect((await at.put(id, 'PostUpgrade', 'Rollback')).status).toBe(409)
    expect((await at.put(id, 'ControlPlaneUpgrade', 'Rollback')).status).toBe(200)
    await at.settled(id)
    // All of it goes back; shown is the step that was named.
    expect(await standing()).toBe('RolledBack ControlPlaneUpgrade Rollback Success Running 1.30.2')
  })

  it('is taken right after PreCheck, when there is nothing to put back', async () => {
    expect((await at.put(id, 'PreCheck', 'Rollback')).status).toBe(200)
    await at.settled(id)
    expect(await standing()).toBe('RolledBack PreCheck Rollback Success Running 1.30.2')
  })

  it('is taken while a step is held', async () => {
    at.world().setFaults({ neverReady: ['1-31-0'] })
    await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    await at.settled(id)
    expect(await standing()).toBe('Pending ControlPlaneUpgrade Execute Pause Upgrading 1.30.2')
    expect((await at.put(id, 'ControlPlaneUpgrade', 'Rollback')).status).toBe(200)
    await at.settled(id)
    expect(await standing()).toBe('RolledBack ControlPlaneUpgrade Rollback Success Running 1.30.2')
  })

  it('is still taken when the finish was refused and nothing was removed', async () => {
    await moved()
    await at.settled(id)
    at.world().catchUp()
    at.world().write((api) => setTag(api, 'late', 'default'))
    await at.put(id, 'PostUpgrade', 'Execute')
    const { status } = await at.settled(id)
    expect(await standing()).toBe('Pending PostUpgrade Execute Pause Upgrading 1.30.2')
    const job = await at.client.getJob({ job_id: status.currentStep.id })
    expect(job.status.reason).toMatch(/^held: .*late/)
    expect((await at.put(id, 'PostUpgrade', 'Rollback')).status).toBe(200)
    await at.settled(id)
    expect(await standing()).toBe('RolledBack PostUpgrade Rollback Success Running 1.30.2')
  })
})

describe('after the first removal', () => {
  it('there is no way back, and the upgrade goes on', async () => {
    const own = stores()
    at = await harness(undefined, own)
    await begun()
    await moved()
    await at.settled(id)
    // The API server goes away as soon as the point of no return is noted.
    const began = at.world().api.state.began
    const stop = own.tasks.watch((task) => {
      void own.tasks.read(task).then((found) => {
        if (!(found?.state as UpgradeRecord | undefined)?.pastReturn) return
        stop()
        const now = at.world().now() - began
        at.world().setFaults({ unavailable: [{ fromMs: now, toMs: now + 60_000 }] })
      })
    })
    await at.put(id, 'PostUpgrade', 'Execute')
    await at.until(id, () => at.world().faults.unavailable.length > 0)
    expect(await standing()).toBe('Running PostUpgrade Execute Running Upgrading 1.30.2')
    const refused = await at.put(id, 'PostUpgrade', 'Rollback')
    expect(refused).toMatchObject({
      status: 409,
      body: { errorCode: 'ASM.01010003', errorMsg: expect.stringContaining('there is no way back') },
    })
    expect(await at.client.describeUpgrade({ mesh_upgrade_id: id })).toMatchObject({ accepts: [] })
    await at.settled(id)
    expect(await standing()).toBe('Success PostUpgrade Execute Success Running 1.31.0')
  })
})
