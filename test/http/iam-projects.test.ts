import { beforeEach, describe, expect, it } from 'vitest'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { person } from './people.ts'
import { bent, meshBody, upgradeBody, withMesh } from './samples.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const enterprise = '/meshlift/v1/iam/enterprise-projects'
const annotated = (body: object, id: unknown) =>
  bent(body, 'metadata.annotations', { 'meshlift.io/enterprise-project': id })

/** Found now and told late: in between, whoever can do something does. */
async function slowly<T>(finding: Promise<T>, found: () => void): Promise<T> {
  const value = await finding
  found()
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  return value
}

describe('a project', () => {
  it('is made, listed, and removed while it is empty', async () => {
    const made = await at.client.createProject({ body: { name: 'eu-1' } })
    expect(made).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'eu-1' })
    expect((await at.client.listProjects()).items.map(({ name }) => name)).toEqual(['default', 'eu-1'])
    expect((await at.ask('POST', '/meshlift/v1/iam/projects', { name: 'eu-1' })).status).toBe(409)
    expect(await at.client.removeProject({ project: made.id })).toEqual(made)
    expect((await at.ask('DELETE', `/meshlift/v1/iam/projects/${made.id}`)).status).toBe(404)
  })

  it('stays while anything is in it, and says what that is', async () => {
    const remove = () => at.ask('DELETE', `/meshlift/v1/iam/projects/${at.session.projectId}`)
    const refused = async (inside: string) =>
      expect(await remove()).toMatchObject({ status: 409, body: { errorMsg: expect.stringContaining(inside) } })
    const mesh = await withMesh(at)
    const upgrade = await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })
    await at.settled(upgrade.metadata.uid)
    await refused('1 mesh, 1 cluster, 1 mesh with upgrades')
    await at.client.abandonUpgrade({ mesh_upgrade_id: upgrade.metadata.uid })
    await at.round()
    await at.client.deleteMesh({ mesh_id: mesh.metadata.uid })
    await refused('1 cluster, 1 mesh with upgrades')
    await at.client.deleteUpgrade({ mesh_upgrade_id: upgrade.metadata.uid })
    await refused('1 cluster')
    const [cluster] = (await at.client.listClusters()).items
    await at.client.removeCluster({ cluster_id: cluster?.id ?? '' })
    expect((await remove()).status).toBe(200)
  })

  it('and a cluster that is put into it while it is removed leave one of the two', async () => {
    const looked = Promise.withResolvers<void>()
    at = await harness(({ registry }) => ({
      registry: { ...registry, clusters: (project) => slowly(registry.clusters(project), looked.resolve) },
    }))
    const removing = at.ask('DELETE', `/meshlift/v1/iam/projects/${at.session.projectId}`)
    await looked.promise
    const adding = at.ask('POST', '/meshlift/v1/PROJECT/clusters', { name: 'prod', kubeconfig: '/etc/prod.yaml' })
    expect([(await removing).status, (await adding).status]).toEqual([200, 404])
    expect(await at.parts.registry.clusters(at.session.projectId)).toEqual([])
  })
})

describe('an enterprise project', () => {
  it('is made, listed beside the default one, and removed while no mesh is in it', async () => {
    const made = await at.client.createEnterpriseProject({ body: { name: 'retail' } })
    const zero = { id: '0', name: 'default' }
    expect((await at.client.listEnterpriseProjects()).items).toEqual([zero, made])
    expect((await at.ask('POST', enterprise, { name: 'default' })).status).toBe(409)
    expect((await at.ask('DELETE', `${enterprise}/0`)).status).toBe(409)
    expect(await at.client.removeEnterpriseProject({ enterprise_project_id: made.id })).toEqual(made)
    expect((await at.ask('DELETE', `${enterprise}/${made.id}`)).status).toBe(404)
    expect((await at.client.listEnterpriseProjects()).items).toEqual([zero])
  })

  it('is what a mesh is made in, and stays while it is', async () => {
    const { id } = await at.client.createEnterpriseProject({ body: { name: 'retail' } })
    const cluster = await at.client.addCluster({ body: { name: 'prod', kubeconfig: '/etc/prod.yaml' } })
    const body = meshBody(cluster.id)
    for (const unknown of ['retail', '', 'f'.repeat(32)]) {
      const refused = await at.ask('POST', '/v1/PROJECT/meshes', annotated(body, unknown))
      expect(refused).toMatchObject({ status: 400, body: { errorCode: 'ASM.01010001' } })
      expect(refused.body.errorMsg).toContain('metadata.annotations["meshlift.io/enterprise-project"] must be')
    }
    expect((await at.client.listMeshes()).items).toEqual([])
    const made = await at.ask('POST', '/v1/PROJECT/meshes', annotated(body, id))
    expect(made.body.metadata.annotations).toEqual({ 'meshlift.io/enterprise-project': id })
    expect(await at.ask('DELETE', `${enterprise}/${id}`)).toMatchObject({
      status: 409,
      body: { errorMsg: expect.stringContaining('1 mesh') },
    })
    await at.client.deleteMesh({ mesh_id: made.body.metadata.uid })
    expect((await at.ask('DELETE', `${enterprise}/${id}`)).status).toBe(200)
  })

  it('is what a mesh is moved into, and answers say where it is now', async () => {
    const mesh = await withMesh(at)
    const mesh_id = mesh.metadata.uid
    const { id } = await at.client.createEnterpriseProject({ body: { name: 'retail' } })
    const move = (enterpriseProject: string) => at.client.moveMesh({ mesh_id, body: { enterpriseProject } })
    const shown = async () => (await at.client.getMesh({ mesh_id })).metadata.annotations
    expect((await move(id)).metadata.annotations).toEqual({ 'meshlift.io/enterprise-project': id })
    expect(await shown()).toEqual({ 'meshlift.io/enterprise-project': id })
    expect((await at.ask('DELETE', `${enterprise}/${id}`)).status).toBe(409)
    await expect(move('nowhere')).rejects.toMatchObject({ status: 400, message: expect.stringMatching(/^enterprise/) })
    expect(await shown()).toEqual({ 'meshlift.io/enterprise-project': id })
    const back = await move('0')
    expect(back).toEqual({ ...mesh, status: back.status })
    expect((await at.ask('DELETE', `${enterprise}/${id}`)).status).toBe(200)
    const unknown = await at.ask('PUT', '/meshlift/v1/PROJECT/meshes/nobody/enterprise-project', {
      enterpriseProject: '0',
    })
    expect(unknown.status).toBe(404)
  })
})

it('an enterprise project and a mesh that is moved into it while it is removed leave one of the two', async () => {
  const looked = Promise.withResolvers<void>()
  let slow = false
  at = await harness(({ registry }) => ({
    registry: {
      ...registry,
      meshes: (project) => (slow ? slowly(registry.meshes(project), looked.resolve) : registry.meshes(project)),
    },
  }))
  const mesh = (await withMesh(at)).metadata.uid
  const { id } = await at.client.createEnterpriseProject({ body: { name: 'retail' } })
  slow = true
  const removing = at.ask('DELETE', `${enterprise}/${id}`)
  await looked.promise
  const moving = at.ask('PUT', `/meshlift/v1/PROJECT/meshes/${mesh}/enterprise-project`, { enterpriseProject: id })
  expect([(await removing).status, (await moving).status]).toEqual([200, 400])
  expect((await at.client.getMesh({ mesh_id: mesh })).metadata).not.toHaveProperty('annotations')
})

describe('what is removed while the clusters of a new mesh are looked at', () => {
  it.each([
    ['enterprise project', 400],
    ['project', 404],
  ] as const)('the %s: the mesh is not made', async (kind, status) => {
    const looking = Promise.withResolvers<void>()
    const removed = Promise.withResolvers<void>()
    at = await harness((made) => ({
      clusters: {
        ...made.clusters,
        async adopt(clusters, signal) {
          looking.resolve()
          await removed.promise
          return made.clusters.adopt(clusters, signal)
        },
      },
    }))
    const { id } = await at.client.createEnterpriseProject({ body: { name: 'retail' } })
    const cluster = await at.client.addCluster({ body: { name: 'prod', kubeconfig: '/etc/prod.yaml' } })
    const making = at.ask('POST', '/v1/PROJECT/meshes', annotated(meshBody(cluster.id), id))
    await looking.promise
    if (kind === 'project') {
      await at.client.removeCluster({ cluster_id: cluster.id })
      await at.client.removeProject({ project: at.session.projectId })
    } else await at.client.removeEnterpriseProject({ enterprise_project_id: id })
    removed.resolve()
    expect((await making).status).toBe(status)
    expect(await at.parts.registry.meshes(at.session.projectId)).toEqual([])
  })
})

it('projects of both kinds are the administrators’ business', async () => {
  const ada = await person(at, 'ada')
  for (const path of ['/meshlift/v1/iam/projects', enterprise]) {
    expect((await ada.ask('GET', path)).status).toBe(403)
    expect((await ada.ask('POST', path, { name: 'mine' })).status).toBe(403)
    expect((await ada.ask('DELETE', `${path}/${at.session.projectId}`)).status).toBe(403)
  }
})
