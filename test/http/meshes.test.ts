import { beforeEach, describe, expect, it } from 'vitest'
import { Problem } from '../../src/lib/problem.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { bent, meshBody } from './samples.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const path = '/v1/PROJECT/meshes'
const cluster = async (name = 'prod') =>
  (await at.client.addCluster({ body: { name, kubeconfig: `/etc/${name}.yaml` } })).id
const stored = async () => (await at.client.listMeshes()).items

describe('a mesh', () => {
  it('is adopted, listed, shown as it was accepted, and forgotten', async () => {
    const body = meshBody(await cluster())
    const created = await at.client.createMesh({ body })
    const mesh_id = created.metadata.uid
    expect(created).toMatchObject({ ...body, status: { phase: 'Running', updateTimestamp: '2026-11-22T10:00:00Z' } })
    expect(await at.client.getMesh({ mesh_id })).toEqual(created)
    expect(await at.client.listMeshes()).toEqual({ kind: 'MeshList', apiVersion: 'v1', items: [created] })
    expect(await at.client.deleteMesh({ mesh_id })).toMatchObject({ status: { phase: 'Deleting' } })
    await expect(at.client.getMesh({ mesh_id })).rejects.toMatchObject({ status: 404, code: 'meshes/unknown' })
    expect(await stored()).toEqual([])
  })

  it.each([[undefined], ['v1.30.2'], ['1.30'], ['v1.30'], ['1.30.2']])(
    'takes version %s for what is there',
    async (version) => {
      const answer = await at.ask('POST', path, bent(meshBody(await cluster()), 'spec.version', version))
      expect([answer.status, answer.body.spec?.version]).toEqual([201, '1.30.2'])
    },
  )

  it.each([['1.3'], ['v1'], ['1.30.2-r1'], ['1.30.20'], ['1.31.0'], ['latest'], ['']])(
    'refuses version %j, naming what is there',
    async (version) => {
      const answer = await at.ask('POST', path, bent(meshBody(await cluster()), 'spec.version', version))
      expect(answer).toMatchObject({ status: 400, body: { errorCode: 'ASM.01010001' } })
      expect(answer.body.errorMsg).toContain('spec.version must be')
      expect(await stored()).toEqual([])
    },
  )

  it('may name a values file of the server', async () => {
    const annotated = (path: string, id: string) =>
      bent(meshBody(id), 'metadata.annotations', { 'meshlift.io/values': path })
    const id = await cluster()
    const relative = await at.ask('POST', path, annotated('values.yaml', id))
    expect(relative).toMatchObject({ status: 400, body: { errorMsg: expect.stringContaining('absolute path') } })
    const { body } = await at.ask('POST', path, annotated('/etc/values.yaml', id))
    expect(body.metadata.annotations).toEqual({ 'meshlift.io/values': '/etc/values.yaml' })
    const record = await at.parts.registry.mesh(at.session.projectId, body.metadata.uid)
    expect(record?.values).toBe('/etc/values.yaml')
  })

  it('may be called mesh, and is called Mesh', async () => {
    const answer = await at.ask('POST', path, bent(meshBody(await cluster()), 'kind', 'mesh'))
    expect([answer.status, answer.body.kind]).toEqual([201, 'Mesh'])
  })

  it.each([
    ['metadata.name', 'x', 'metadata.name must be 4 to 64'],
    ['spec.type', 'Dedicated', 'spec.type must be InCluster.'],
    ['spec.ipv6Enable', 'yes', 'spec.ipv6Enable must be true or false.'],
    ['spec.tags', [{ key: '_sys_x', value: '' }], 'spec.tags[0].key must be 1 to 128'],
    ['spec.tags', [{ key: 'x' }], 'spec.tags[0].value is missing'],
    ['spec.extendParams', undefined, 'spec.extendParams is missing; it must be an object with clusters.'],
    ['spec.extendParams.clusters', [], 'spec.extendParams.clusters must be a list of 1 to 32 entries.'],
    ['spec.extendParams.clusters.0.installation', undefined, 'spec.extendParams.clusters[0].installation is missing'],
    ['spec.extendParams.clusters.0.installation.nodes.fieldSelector.operator', 'NotIn', 'operator must be In.'],
    ['spec.extendParams.clusters.0.clusterID', 'nope', 'must be a registered cluster: '],
    ['spec.config', { proxyConfig: { includeIPRanges: 5 } }, 'spec.config.proxyConfig.includeIPRanges must be a text.'],
    [
      'spec.config',
      { telemetryConfig: { tracing: { randomSamplingPercentage: 101 } } },
      'randomSamplingPercentage must be a number of 0 to 100.',
    ],
    [
      'spec.extendParams.clusters.0.injection',
      { namespaces: { fieldSelector: { key: 'UID', operator: 'In', values: ['a'] } } },
      'spec.extendParams.clusters[0].injection must be left out',
    ],
  ])('with %s = %j is refused by name, and nothing is stored', async (field, value, message) => {
    const answer = await at.ask('POST', path, bent(meshBody(await cluster()), field, value))
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'ASM.01010001' } })
    expect(answer.body.errorMsg).toContain(message)
    expect(await stored()).toEqual([])
  })

  it('needs each cluster once, and one that no other mesh has', async () => {
    const id = await cluster()
    const body = meshBody(id)
    const [entry] = body.spec.extendParams.clusters
    const twice = await at.ask('POST', path, bent(body, 'spec.extendParams.clusters', [entry, entry]))
    expect(twice.body.errorMsg).toBe('spec.extendParams.clusters[1].clusterID must be named once.')
    await at.client.createMesh({ body })
    const other = await at.ask('POST', path, bent(body, 'metadata.name', 'other'))
    expect(other).toMatchObject({ status: 409, body: { errorCode: 'ASM.01010003', problem: 'meshes/cluster-taken' } })
    const same = await at.ask('POST', path, meshBody(await cluster('test')))
    expect(same).toMatchObject({ status: 409, body: { problem: 'meshes/name-taken' } })
    expect(await stored()).toHaveLength(1)
  })
})

it('is refused for a name or a cluster that is taken before any cluster is looked at', async () => {
  let looks = 0
  at = await harness((made) => ({
    clusters: { ...made.clusters, adopt: async () => ((looks += 1), { version: '1.30.2' }) },
  }))
  const body = meshBody(await cluster())
  await at.client.createMesh({ body })
  expect((await at.ask('POST', path, body)).status).toBe(409)
  expect((await at.ask('POST', path, bent(body, 'metadata.name', 'other'))).status).toBe(409)
  expect(looks).toBe(1)
})

describe('a cluster that cannot be adopted', () => {
  it.each([
    ['invalid', 'meshes/no-istio', 400],
    ['unavailable', 'kubernetes/refused', 500],
    ['forbidden', 'kubernetes/forbidden', 403],
  ] as const)('%s is said in the words of whoever looked, and nothing is stored', async (kind, code, status) => {
    at = await harness((made) => ({
      clusters: {
        ...made.clusters,
        adopt: () => Promise.reject(new Problem({ kind, code, text: 'Cluster prod: there is a reason.' })),
      },
    }))
    const answer = await at.ask('POST', path, meshBody(await cluster()))
    expect(answer).toMatchObject({ status, body: { problem: code, errorMsg: 'Cluster prod: there is a reason.' } })
    expect(await stored()).toEqual([])
  })
})
