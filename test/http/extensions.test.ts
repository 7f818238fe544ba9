import { beforeEach, describe, expect, it } from 'vitest'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { bent, meshBody, plantedNamespace, upgradeBody, withMesh } from './samples.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const clusters = '/meshlift/v1/PROJECT/clusters'
const body = { name: 'prod', kubeconfig: '/etc/prod.yaml', context: 'prod', charts: '/srv/charts' }

describe('a cluster', () => {
  it('that was removed is not watched any longer', async () => {
    const forgotten: string[] = []
    at = await harness(({ clusters: door }) => ({
      clusters: { ...door, forget: async ({ name }) => void forgotten.push(name) },
    }))
    const { id } = await at.client.addCluster({ body })
    await at.client.createMesh({ body: meshBody(id) })
    await expect(at.client.removeCluster({ cluster_id: id })).rejects.toMatchObject({ status: 409 })
    expect(forgotten).toEqual([])
    const [mesh] = (await at.client.listMeshes()).items
    await at.client.deleteMesh({ mesh_id: mesh?.metadata.uid ?? '' })
    await at.client.removeCluster({ cluster_id: id })
    expect(forgotten).toEqual(['prod'])
  })

  it('is added, listed, tried and removed', async () => {
    const added = await at.client.addCluster({ body })
    const cluster_id = added.id
    expect(added).toEqual({ ...body, id: cluster_id, createdAt: '2026-11-22T10:00:00Z' })
    expect(await at.client.listClusters()).toEqual({ items: [added] })
    expect(await at.client.getCluster({ cluster_id })).toEqual(added)
    expect(await at.client.testCluster({ cluster_id })).toMatchObject({ cluster: 'prod', reachable: true })
    expect(await at.client.removeCluster({ cluster_id })).toEqual(added)
    expect(await at.client.listClusters()).toEqual({ items: [] })
    for (const call of [at.client.getCluster, at.client.testCluster, at.client.removeCluster])
      await expect(call({ cluster_id })).rejects.toMatchObject({ status: 404, code: 'clusters/unknown' })
  })

  it('may be the one that the server runs in', async () => {
    expect(await at.client.addCluster({ body: { name: 'here', inCluster: true } })).toMatchObject({ inCluster: true })
  })

  it.each([
    ['name', 'Prod', 'name must be 1 to 63'],
    ['kubeconfig', undefined, 'kubeconfig is missing'],
    ['kubeconfig', 'prod.yaml', 'kubeconfig must be an absolute path on the server.'],
    ['charts', 'charts', 'charts must be an absolute path on the server, or an address'],
    ['helm', 'helm', 'helm must be an absolute path on the server.'],
    ['inCluster', 'true', 'inCluster must be true or false.'],
    ['inCluster', true, 'inCluster must be left out'],
  ])('with %s = %j is refused by name, and nothing is stored', async (field, value, message) => {
    const answer = await at.ask('POST', clusters, bent(body, field, value))
    expect(answer.status).toBe(400)
    expect(answer.body.errorMsg).toContain(message)
    expect(await at.client.listClusters()).toEqual({ items: [] })
  })

  it('has a name of its own, and stays while a mesh is on it', async () => {
    const { id } = await at.client.addCluster({ body })
    expect(await at.ask('POST', clusters, body)).toMatchObject({
      status: 409,
      body: { problem: 'clusters/name-taken' },
    })
    const { metadata } = await at.client.createMesh({ body: meshBody(id) })
    await expect(at.client.removeCluster({ cluster_id: id })).rejects.toMatchObject({
      status: 409,
      code: 'clusters/in-use',
      message: expect.stringContaining('shop'),
    })
    await at.client.deleteMesh({ mesh_id: metadata.uid })
    await at.client.removeCluster({ cluster_id: id })
  })
})

describe('what is told about upgrades', () => {
  it('is listed for all meshes, or for one by id or name', async () => {
    const mesh = await withMesh(at)
    const { metadata } = await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })
    for (const query of [{}, { mesh: mesh.metadata.uid }, { mesh: 'shop' }]) {
      const { items } = await at.client.listUpgrades({ query })
      expect(items.map(({ id }) => id)).toEqual([metadata.uid])
    }
    await expect(at.client.listUpgrades({ query: { mesh: 'shed' } })).rejects.toMatchObject({
      status: 404,
      message: 'mesh must be a mesh of this project: shop.',
    })
  })

  it('is checked without storing anything', async () => {
    await withMesh(at)
    const heal = plantedNamespace(at.world(), 'stray', { 'istio.io/rev': 'unknown' })
    const writes = at.world().log.length
    const check = (targetVersion: string) => at.client.checkMesh({ body: { mesh: 'shop', targetVersion } })
    const report = await check('v1.31')
    expect(report).toMatchObject({
      mesh: { name: 'shop' },
      from: { revision: 'default', version: '1.30.2' },
      to: { revision: '1-31-1', version: '1.31.1' },
      findings: [{ check: 'namespace-labels', weight: 'blocks', about: 'stray' }],
    })
    expect(report.checks.length).toBeGreaterThan(20)
    expect(await at.client.listUpgrades()).toEqual({ items: [] })
    expect(at.world().log.length).toBe(writes)
    heal()
    expect((await check('1.31.0')).findings).toEqual([])
    // A version that is known and may not be gone to is a finding; one that is unknown is none of ours.
    expect((await check('1.29.0')).findings).toMatchObject([
      { check: 'target-version', weight: 'blocks' },
      { check: 'base-newer', weight: 'blocks' },
    ])
    const unknown = 'targetVersion: newest is not a version that is known here. Accepted: 1.31.1, '
    await expect(check('newest')).rejects.toMatchObject({ status: 400, message: expect.stringMatching(`^${unknown}`) })
    await expect(at.client.checkMesh({ body: { mesh: 'shed', targetVersion: '1.31.0' } })).rejects.toMatchObject({
      status: 404,
    })
  })

  it('is described, planned, read as a diary in pieces, and abandoned', async () => {
    const mesh = await withMesh(at)
    const { metadata } = await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })
    const mesh_upgrade_id = metadata.uid
    expect(await at.client.describeUpgrade({ mesh_upgrade_id })).toMatchObject({ name: 'to-131', state: 'Init' })
    expect(await at.client.planUpgrade({ mesh_upgrade_id })).toMatchObject({ upgrade: mesh_upgrade_id })
    await at.settled(mesh_upgrade_id)
    await at.put(mesh_upgrade_id, 'ControlPlaneUpgrade', 'Execute')
    await at.settled(mesh_upgrade_id)
    await at.put(mesh_upgrade_id, 'DataPlaneUpgrade', 'Execute')
    await at.settled(mesh_upgrade_id)
    const read = async (query?: { readonly after?: string; readonly limit?: string }) =>
      (await at.client.listNotes({ mesh_upgrade_id, ...(query ? { query } : {}) })).items
    const all = await read({ limit: '1000' })
    expect(all[0]).toMatchObject({ number: 1, kind: 'command', text: 'Asked to execute PreCheck.' })
    expect(all.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1))
    expect(all.flatMap(({ actions = [] }) => actions)).toContain('restart-workload shop/frontend (Deployment)')
    expect(all.length).toBeGreaterThan(50)
    expect(await read()).toEqual(all.slice(0, 100))
    expect(await read({ after: '3', limit: '2' })).toEqual(all.slice(3, 5))
    expect(await read({ after: '50' })).toEqual(all.slice(50))
    expect(await read({ after: String(all.length) })).toEqual([])
    expect(await at.client.abandonUpgrade({ mesh_upgrade_id })).toMatchObject({ state: 'Cancel' })
  })

  it.each([
    ['after=-1', 'after must be the number of a note'],
    ['after=x', 'after must be the number of a note'],
    ['limit=0', 'limit must be a number from 1 to 1000'],
    ['limit=1001', 'limit must be a number from 1 to 1000'],
  ])('refuses ?%s', async (query, message) => {
    const answer = await at.ask('GET', `/meshlift/v1/PROJECT/upgrades/x/notes?${query}`)
    expect(answer).toMatchObject({ status: 400, body: { problem: 'http/invalid-query' } })
    expect(answer.body.errorMsg).toContain(message)
  })
})
