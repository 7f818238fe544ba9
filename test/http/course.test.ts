import { describe, expect, it } from 'vitest'
import type { Mesh } from '../../src/contract/meshes.ts'
import type { MeshUpgrade, StepAction, StepName } from '../../src/contract/upgrades.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { memoryStores } from './heart.ts'
import { plantedNamespace, statuses, upgradeBody, withMesh } from './samples.ts'

let at: Harness
let mesh: Mesh
let id: string

async function begun(started: Harness): Promise<void> {
  at = started
  mesh = await withMesh(at)
  id = (await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })).metadata.uid
}

const shown = () => at.client.getUpgrade({ mesh_upgrade_id: id })
const meshShown = async () => {
  const { spec, status } = await at.client.getMesh({ mesh_id: mesh.metadata.uid })
  return [status.phase, spec.version]
}
const line = ({ spec, status }: MeshUpgrade) =>
  [status.state, spec.currentStep.name, spec.currentStep.action, status.currentStep.phase].join(' ')
const standing = async () => line(await shown())
/** A step to its end, by the calls that a client has. */
async function done(name: StepName) {
  expect(await at.put(id, name, 'Execute')).toMatchObject({ status: 200 })
  const { status } = await at.settled(id)
  expect(status.currentStep.phase).toBe('Success')
}
async function upTo(name: StepName) {
  await at.settled(id)
  for (const step of ['ControlPlaneUpgrade', 'DataPlaneUpgrade'] as const) {
    await done(step)
    if (step === name) return
  }
}

describe('an upgrade from its beginning to its end', () => {
  it('shows every state that is documented for it, in order, and none else', async () => {
    const stores = memoryStores()
    const seen: Promise<MeshUpgrade>[] = []
    await begun(await harness(undefined, stores))
    // What the record is at each save: whoever asks in between is shown one of these.
    stores.tasks.watch((task) => seen.push(Promise.resolve(at.parts.upgrades.get(at.session.projectId, task))))
    await upTo('DataPlaneUpgrade')
    await done('PostUpgrade')
    const states = (await Promise.all(seen)).map(line).filter((one, index, all) => one !== all[index - 1])
    const step = (name: string) => [
      `Running ${name} Execute Queuing`,
      `Running ${name} Execute Running`,
      `Pending ${name} Execute Success`,
    ]
    expect(states).toEqual([
      ...step('PreCheck').slice(1),
      ...step('ControlPlaneUpgrade'),
      ...step('DataPlaneUpgrade'),
      ...step('PostUpgrade').slice(0, 2),
      'Success PostUpgrade Execute Success',
    ])
  })

  it('leaves the mesh alone in PreCheck, has it Upgrading from the second step on, and its version last', async () => {
    await begun(await harness())
    expect([await standing(), await meshShown()]).toEqual(['Init PreCheck Execute Queuing', ['Running', '1.30.2']])
    await at.settled(id)
    expect(await meshShown()).toEqual(['Running', '1.30.2'])
    await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    await at.round()
    expect(await meshShown()).toEqual(['Upgrading', '1.30.2'])
    await at.settled(id)
    await done('DataPlaneUpgrade')
    expect(await meshShown()).toEqual(['Upgrading', '1.30.2'])
    await done('PostUpgrade')
    expect(await meshShown()).toEqual(['Running', '1.31.0'])
    const again = await at.ask('POST', '/v1/PROJECT/mesh-upgrade', upgradeBody(mesh.metadata.uid))
    expect(again).toMatchObject({
      status: 400,
      body: { errorMsg: expect.stringContaining('1.31.0 is what is installed') },
    })
  })

  it('tells what it costs before and what to do after', async () => {
    await begun(await harness())
    const { steps } = await at.client.planUpgrade({ mesh_upgrade_id: id })
    expect(steps.flatMap(({ stages }) => stages.flatMap(({ actions }) => actions))).toContain(
      'restart-workload shop/frontend (Deployment, 3 pods)',
    )
    await upTo('DataPlaneUpgrade')
    await done('PostUpgrade')
    const detail = await at.client.describeUpgrade({ mesh_upgrade_id: id })
    expect(detail.closing.join('\n')).toContain('defaultRevision')
    expect(detail.accepts).toEqual([])
    expect(detail.steps.map(({ phase }) => phase)).toEqual(['Success', 'Success', 'Success', 'Success'])
  })
})

describe('the order of steps', () => {
  const all: readonly StepName[] = ['PreCheck', 'ControlPlaneUpgrade', 'DataPlaneUpgrade', 'PostUpgrade']

  it('is kept: what is skipped, repeated or not there to retry is 409, names what would do, and changes nothing', async () => {
    await begun(await harness())
    for (const [index, step] of all.entries()) {
      if (index > 0) await done(step)
      else await at.settled(id)
      const before = await shown()
      const [next, later] = all.slice(index + 1)
      const would = next === undefined ? 'has ended' : `Accepted now: Execute ${next}, Rollback ${step}.`
      const refused: [StepName, StepAction][] = all.slice(0, index + 1).map((name) => [name, 'Execute'])
      if (later !== undefined) refused.push([later, 'Execute'], [later, 'Rollback'])
      refused.push([step, 'Retry'])
      for (const [name, action] of refused) {
        const answer = await at.put(id, name, action)
        expect({ name, action, status: answer.status }).toEqual({ name, action, status: 409 })
        expect(answer.body.errorCode).toBe('ASM.01010003')
        expect(answer.body.errorMsg).toContain(would)
      }
      expect(await shown()).toEqual(before)
    }
  })

  it('takes the same request twice and starts once, while it waits and while it works', async () => {
    await begun(await harness())
    await at.settled(id)
    const first = await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    const queued = await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    await at.round()
    expect(await standing()).toBe('Running ControlPlaneUpgrade Execute Running')
    const working = await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    expect([first.status, queued.status, working.status]).toEqual([200, 200, 200])
    expect(new Set([first, queued, working].map(({ body }) => body.status.currentStep.id)).size).toBe(1)
    const { spec } = await at.client.getJob({ job_id: id })
    expect(spec.subjobs?.map((job) => job.spec.type)).toEqual(['MeshUpgradePreCheck', 'MeshUpgradeControlPlane'])
  })

  it('lets one of two different requests of one moment in, and both of two equal ones', async () => {
    await begun(await harness())
    await at.settled(id)
    const jobs = async () => (await at.client.getJob({ job_id: id })).spec.subjobs?.length
    const different = await Promise.all([
      at.put(id, 'ControlPlaneUpgrade', 'Execute'),
      at.put(id, 'PreCheck', 'Rollback'),
    ])
    expect(statuses(different)).toEqual([200, 409])
    expect(await jobs()).toBe(2)
    await begun(await harness())
    await at.settled(id)
    const equal = await Promise.all([1, 2, 3].map(() => at.put(id, 'ControlPlaneUpgrade', 'Execute')))
    expect(statuses(equal)).toEqual([200, 200, 200])
    expect(await jobs()).toBe(2)
  })
})

describe('a step that fails', () => {
  it('waits for Retry, which is a new job that begins anew', async () => {
    await begun(await harness())
    const heal = plantedNamespace(at.world(), 'stray', { 'istio.io/rev': 'unknown' })
    const { status } = await at.settled(id)
    expect(await standing()).toBe('Pending PreCheck Execute Failed')
    expect(await meshShown()).toEqual(['Running', '1.30.2'])
    const failed = await at.client.getJob({ job_id: status.currentStep.id })
    expect(failed.status).toMatchObject({ phase: 'Failed', reason: expect.stringContaining('stray') })
    expect(failed.status.completionTime).toBeDefined()

    const on = await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    const again = await at.put(id, 'PreCheck', 'Execute')
    for (const answer of [on, again])
      expect(answer).toMatchObject({ status: 409, body: { errorMsg: expect.stringContaining('Retry PreCheck') } })
    const other = await at.put(id, 'DataPlaneUpgrade', 'Retry')
    expect(other).toMatchObject({ status: 409, body: { errorMsg: expect.stringContaining('PreCheck') } })

    heal()
    const retried = await at.put(id, 'PreCheck', 'Retry')
    expect(retried.status).toBe(200)
    expect(retried.body.status.currentStep.id).not.toBe(status.currentStep.id)
    expect((await at.put(id, 'PreCheck', 'Retry')).body).toEqual(retried.body)
    await at.settled(id)
    expect(await standing()).toBe('Pending PreCheck Retry Success')
    expect((await at.client.getJob({ job_id: status.currentStep.id })).status.phase).toBe('Failed')
  })

  it('makes the mesh UpgradeFailed once something may have been changed, until it is retried', async () => {
    await begun(await harness())
    await at.settled(id)
    // The check has a lifetime, and what it would find now blocks.
    at.tick(7 * 3_600_000)
    const heal = plantedNamespace(at.world(), 'stray', { 'istio.io/rev': 'unknown' })
    await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    await at.settled(id)
    expect(await standing()).toBe('Pending ControlPlaneUpgrade Execute Failed')
    expect(await meshShown()).toEqual(['UpgradeFailed', '1.30.2'])
    heal()
    await at.put(id, 'ControlPlaneUpgrade', 'Retry')
    await at.settled(id)
    expect(await standing()).toBe('Pending ControlPlaneUpgrade Retry Success')
    expect(await meshShown()).toEqual(['Upgrading', '1.30.2'])
  })
})

describe('a step that is held', () => {
  it('shows Pause and Pending, its job runs on and says why, and Retry looks at once', async () => {
    await begun(await harness())
    await at.settled(id)
    at.world().setFaults({ neverReady: ['1-31-0'] })
    await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    const { status } = await at.settled(id)
    expect(await standing()).toBe('Pending ControlPlaneUpgrade Execute Pause')
    expect(await meshShown()).toEqual(['Upgrading', '1.30.2'])
    const job = await at.client.getJob({ job_id: status.currentStep.id })
    expect(job.status).toMatchObject({ phase: 'Running', reason: expect.stringMatching(/^held: .*istiod-1-31-0/) })
    expect(job.status).not.toHaveProperty('completionTime')
    for (const [name, action] of [
      ['ControlPlaneUpgrade', 'Execute'],
      ['DataPlaneUpgrade', 'Execute'],
    ] as const)
      expect((await at.put(id, name, action)).status).toBe(409)

    at.world().setFaults({ neverReady: [] })
    const retried = await at.put(id, 'ControlPlaneUpgrade', 'Retry')
    expect(retried).toMatchObject({
      status: 200,
      body: { status: { state: 'Running', currentStep: { phase: 'Queuing' } } },
    })
    await at.settled(id)
    expect(await standing()).toBe('Pending ControlPlaneUpgrade Retry Success')
  })
})
