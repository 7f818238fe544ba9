import { expect, it } from 'vitest'
import { harness } from './harness.ts'
import { upgradeBody, withMesh } from './samples.ts'

it('is found by the id that the upgrade shows, and by the id of the upgrade', async () => {
  const at = await harness()
  const mesh = await withMesh(at)
  const { metadata, status } = await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })
  for (const job_id of [status.currentStep.id, metadata.uid]) {
    const job = await at.client.getJob({ job_id })
    expect(job).toMatchObject({ kind: 'Job', apiVersion: 'v3', metadata: { uid: job_id } })
    expect(job.spec.subjobs?.[0]).toMatchObject({ kind: 'Job', spec: { resourceName: 'look' } })
    expect(job.spec.subjobs?.[0]?.status).not.toHaveProperty('startTime')
  }
  const one = await at.ask('GET', `/v1/PROJECT/mesh-job/${metadata.uid}`)
  const again = { 'if-none-match': one.headers.get('etag') ?? '' }
  expect((await at.ask('GET', `/v1/PROJECT/mesh-job/${metadata.uid}`, undefined, again)).status).toBe(304)
})

it('is not found otherwise, in the documented words', async () => {
  const at = await harness()
  const answer = await at.ask('GET', '/v1/PROJECT/mesh-job/nothing')
  expect(answer).toMatchObject({ status: 404, body: { errorCode: 'ASM.01010002' } })
})
