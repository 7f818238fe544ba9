import { expect, it } from 'vitest'
import { login } from '../../src/client/login.ts'
import { handOut, harness } from './harness.ts'
import { upgradeBody, withMesh } from './samples.ts'

it('what belongs to another project is not there, by any id and for any request', async () => {
  const at = await harness()
  const mesh = await withMesh(at)
  const { metadata } = await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })
  const before = await at.settled(metadata.uid)
  const root = await at.client.getJob({ job_id: metadata.uid })
  const step = root.spec.subjobs?.[0]
  const stage = step?.spec.subjobs?.[0]
  const [cluster] = (await at.client.listClusters()).items

  const stranger = await at.stranger()
  const asked = (method: string, path: string, body?: unknown) =>
    at.ask(method, path.replace('PROJECT', stranger.projectId), body, { 'x-auth-token': stranger.token })
  const body = { ...upgradeBody(mesh.metadata.uid) }
  const next = { ...body, spec: { ...body.spec, currentStep: { name: 'ControlPlaneUpgrade', action: 'Execute' } } }
  const one = `/v1/PROJECT/mesh-upgrade/${metadata.uid}`
  const ours = `/meshlift/v1/PROJECT/upgrades/${metadata.uid}`
  const requests: [string, string, unknown?][] = [
    ['POST', '/v1/PROJECT/mesh-upgrade', body],
    ['GET', one],
    ['PUT', one, next],
    ['DELETE', one],
    ...[metadata.uid, step?.metadata.uid, stage?.metadata.uid].map((id): [string, string] => [
      'GET',
      `/v1/PROJECT/mesh-job/${id}`,
    ]),
    ['GET', `/v1/PROJECT/meshes/${mesh.metadata.uid}`],
    ['DELETE', `/v1/PROJECT/meshes/${mesh.metadata.uid}`],
    ['GET', ours],
    ['GET', `${ours}/plan`],
    ['GET', `${ours}/notes`],
    ['POST', `${ours}/abandon`],
    ['GET', `/meshlift/v1/PROJECT/upgrades?mesh=${mesh.metadata.uid}`],
    ['POST', '/meshlift/v1/PROJECT/checks', { mesh: 'shop', targetVersion: '1.31.0' }],
    ['GET', `/meshlift/v1/PROJECT/clusters/${cluster?.id}`],
    ['POST', `/meshlift/v1/PROJECT/clusters/${cluster?.id}/test`],
    ['GET', `${ours}/findings`],
    ['PUT', `/meshlift/v1/PROJECT/meshes/${mesh.metadata.uid}/enterprise-project`, { enterpriseProject: '0' }],
  ]
  for (const [method, path, sent] of requests) {
    const { status, body: said } = await asked(method, path, sent)
    expect({ method, path, status }).toEqual({ method, path, status: 404 })
    // Not the gate's: the route is there, and what was asked for is not.
    expect(said.errorCode).toBe('ASM.01010002')
  }
  // Only administrators remove clusters, and one who is logged in to the other project finds none there.
  const away = `/meshlift/v1/${stranger.projectId}/clusters/${cluster?.id}`
  expect((await asked('DELETE', away)).status).toBe(403)
  const where = { baseUrl: 'http://in-process', fetch: at.fetch }
  const { token } = await login(where, { ...handOut, projectId: stranger.projectId })
  expect((await at.ask('DELETE', away, undefined, { 'x-auth-token': token })).status).toBe(404)
  for (const list of ['/v1/PROJECT/meshes', '/meshlift/v1/PROJECT/upgrades', '/meshlift/v1/PROJECT/clusters'])
    expect((await asked('GET', list)).body.items).toEqual([])
  expect(await at.client.getUpgrade({ mesh_upgrade_id: metadata.uid })).toEqual(before)
  expect(await at.client.listMeshes()).toMatchObject({ items: [{ metadata: { name: 'shop' } }] })
})
