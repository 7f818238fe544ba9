import { beforeEach, describe, expect, it } from 'vitest'
import type { Job } from '../../src/contract/jobs.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { upgradeBody, withMesh } from './samples.ts'

let at: Harness
let id: string
beforeEach(async () => {
  at = await harness()
  const mesh = await withMesh(at)
  id = (await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })).metadata.uid
})

const get = (job_id: string) => at.client.getJob({ job_id })
const below = (job: Job): readonly Job[] => (job.spec.subjobs ?? []).flatMap((one) => [one, ...below(one)])

describe('a job', () => {
  it('is there from the moment that it was asked for', async () => {
    const { status } = await at.client.getUpgrade({ mesh_upgrade_id: id })
    const job = await get(status.currentStep.id)
    expect(job).toMatchObject({
      kind: 'Job',
      apiVersion: 'v3',
      metadata: { uid: status.currentStep.id },
      spec: { type: 'MeshUpgradePreCheck', subjobs: [] },
      status: { phase: 'Initializing' },
    })
    expect(job.status).not.toHaveProperty('startTime')
    const root = await get(id)
    expect(root).toMatchObject({
      metadata: { uid: id },
      spec: { type: 'MeshUpgrade' },
      status: { phase: 'Initializing' },
    })
    expect(root.spec.subjobs).toEqual([job])
  })

  it('is found by its id at every depth, with everything below it', async () => {
    await at.settled(id)
    await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    await at.settled(id)
    await at.put(id, 'DataPlaneUpgrade', 'Execute')
    await at.settled(id)
    const root = await get(id)
    expect(root.spec.subjobs?.map(({ spec }) => spec.type)).toEqual([
      'MeshUpgradePreCheck',
      'MeshUpgradeControlPlane',
      'MeshUpgradeDataPlane',
    ])
    const all = below(root)
    expect(new Set(all.map(({ metadata }) => metadata.uid)).size).toBe(all.length)
    for (const job of all) {
      const found = await get(job.metadata.uid)
      // What was asked for always has subjobs; a leaf in a tree has none.
      expect(found).toEqual({ ...job, spec: { ...job.spec, subjobs: job.spec.subjobs ?? [] } })
      expect(job.status).toMatchObject({
        phase: 'Success',
        startTime: expect.any(String),
        completionTime: expect.any(String),
      })
    }
    const workload = all.find(({ spec }) => spec.resourceName === 'frontend')
    expect(workload?.spec.type).toBe('MeshUpgradeDataPlane.object')
    const paths = (job: Job, path = ''): readonly string[] => [
      `${path}${job.spec.resourceName ?? job.spec.type}`,
      ...(job.spec.subjobs ?? []).flatMap((one) => paths(one, `${path}${job.spec.resourceName ?? job.spec.type} > `)),
    ]
    expect(paths(root)).toContain(
      'shop > MeshUpgradeDataPlane > Move namespaces and their workloads > prod > shop > frontend',
    )
    expect(paths(root)).toContain('shop > MeshUpgradePreCheck > Check the mesh > prod > single-replica')
  })

  it('costs no body while nothing changed', async () => {
    const one = await at.ask('GET', `/v1/PROJECT/mesh-job/${id}`)
    const etag = { 'if-none-match': one.headers.get('etag') ?? '' }
    expect((await at.ask('GET', `/v1/PROJECT/mesh-job/${id}`, undefined, etag)).status).toBe(304)
    await at.settled(id)
    expect((await at.ask('GET', `/v1/PROJECT/mesh-job/${id}`, undefined, etag)).status).toBe(200)
  })

  it('is not found otherwise, in the documented words', async () => {
    const answer = await at.ask('GET', '/v1/PROJECT/mesh-job/nothing')
    expect(answer).toMatchObject({ status: 404, body: { errorCode: 'ASM.01010002' } })
  })
})
