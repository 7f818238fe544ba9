import { beforeEach, describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../src/contract/iam.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { password, person } from './people.ts'
import { upgradeBody, withMesh } from './samples.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const all = async (): Promise<readonly AuditEntry[]> => (await at.client.listAudit({ query: { limit: '1000' } })).items
const told = async (operation: string): Promise<readonly AuditEntry[]> =>
  (await all()).filter((entry) => entry.operation === operation && entry.kind === 'answered')

describe('the audit log', () => {
  it('has who asked what, before it is done and when it is over, in one chain', async () => {
    const user = await at.client.createUser({ body: { name: 'ada', password } })
    const entries = (await all()).filter(({ operation }) => operation === 'createUser')
    expect(entries).toMatchObject([
      { kind: 'asked', user: { name: 'admin' }, with: 'token', about: '/meshlift/v1/iam/users' },
      { kind: 'answered', status: 201, after: user },
    ])
    expect(new Set(entries.map(({ requestId }) => requestId)).size).toBe(1)
    const chain = await all()
    expect(chain.map(({ number }) => number)).toEqual(chain.map((_, index) => index + 1))
    expect(chain.slice(1).map(({ previous }) => previous)).toEqual(chain.slice(0, -1).map(({ hash }) => hash))
    expect(await at.client.verifyAudit()).toEqual({
      intact: true,
      entries: chain.length,
      head: chain.at(-1)?.hash,
    })
    expect(JSON.stringify(chain)).not.toContain(password)
  })

  it('has what was there before, for every change and every removal', async () => {
    const user = await at.client.createUser({ body: { name: 'ada' } })
    const user_id = user.id
    const group = await at.client.createGroup({ body: { name: 'ops' } })
    const group_id = group.id
    const changed = await at.client.changeUser({ user_id, body: { enabled: false } })
    const joined = await at.client.joinGroup({ group_id, user_id })
    await at.client.leaveGroup({ group_id, user_id })
    await at.client.removeGroup({ group_id })
    const { access } = await at.client.createKey({ body: { user: user_id } })
    await at.client.changeKey({ access, body: { enabled: false } })
    await at.client.removeKey({ access })
    const document = { Version: '5.0', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:get'] }] }
    const policy = await at.client.createPolicy({ body: { name: 'readers', document } })
    const policy_id = policy.id
    await at.client.changePolicy({ policy_id, body: { document } })
    const grant = await at.client.createGrant({ body: { policy: policy_id, user: user_id } })
    await at.client.removeGrant({ grant_id: grant.id })
    await at.client.removePolicy({ policy_id })
    await at.client.removeUser({ user_id })
    const project = await at.client.createProject({ body: { name: 'eu-1' } })
    await at.client.removeProject({ project: project.id })
    const enterprise = await at.client.createEnterpriseProject({ body: { name: 'retail' } })
    await at.client.removeEnterpriseProject({ enterprise_project_id: enterprise.id })
    const expected: readonly (readonly [string, object, object])[] = [
      ['changeUser', user, changed],
      ['joinGroup', group, joined],
      ['leaveGroup', joined, group],
      ['removeGroup', group, group],
      ['changeKey', { access, enabled: true }, { access, enabled: false }],
      ['removeKey', { access, enabled: false }, { access }],
      ['changePolicy', policy, policy],
      ['removeGrant', grant, grant],
      ['removePolicy', policy, policy],
      ['removeUser', changed, changed],
      ['removeProject', project, project],
      ['removeEnterpriseProject', enterprise, enterprise],
    ]
    for (const [operation, before, after] of expected)
      expect(await told(operation)).toMatchObject([{ operation, status: 200, before, after }])
  })

  it('has what was there before, of meshes, clusters and upgrades too', async () => {
    const mesh = await withMesh(at)
    const [cluster] = (await at.client.listClusters()).items
    const { uid: mesh_upgrade_id } = (await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })).metadata
    await at.settled(mesh_upgrade_id)
    await at.put(mesh_upgrade_id, 'PreCheck', 'Rollback')
    await at.settled(mesh_upgrade_id)
    await at.client.deleteUpgrade({ mesh_upgrade_id })
    const mesh_id = mesh.metadata.uid
    await at.client.moveMesh({ mesh_id, body: { enterpriseProject: '0' } })
    await at.client.deleteMesh({ mesh_id })
    await at.client.removeCluster({ cluster_id: cluster?.id ?? '' })
    const expected: readonly (readonly [string, object])[] = [
      ['updateUpgrade', { spec: { currentStep: { action: 'Execute' } }, status: { state: 'Pending' } }],
      ['deleteUpgrade', { status: { state: 'RolledBack' } }],
      ['moveMesh', mesh],
      ['deleteMesh', { metadata: { uid: mesh_id }, status: { phase: 'Running' } }],
      ['removeCluster', cluster ?? {}],
    ]
    for (const [operation, before] of expected)
      expect(await told(operation)).toMatchObject([{ operation, status: 200, before }])
  })

  it('never has the secret of a key', async () => {
    const { id: user } = await at.client.createUser({ body: { name: 'ada' } })
    const { access, secret } = await at.client.createKey({ body: { user } })
    expect(JSON.stringify(await all())).toContain(access)
    expect(JSON.stringify(await all())).not.toContain(secret)
  })

  it('has who logged in, and no name of who did not: it may be a password', async () => {
    const ada = await person(at, 'ada')
    const slip = 'typed into the wrong field'
    const user = { name: slip, password, domain: { name: 'meshlift' } }
    const body = { auth: { identity: { methods: ['password'], password: { user } } } }
    expect((await at.ask('POST', '/v3/auth/tokens', body)).status).toBe(401)
    const entries = (await all()).filter(({ operation }) => operation === 'createToken').slice(-4)
    expect(entries).toMatchObject([
      { kind: 'asked' },
      { kind: 'answered', status: 201, user: { id: ada.id, name: 'ada' } },
      { kind: 'asked' },
      { kind: 'answered', status: 401 },
    ])
    expect(entries.map((one) => one.user?.name)).toEqual([undefined, 'ada', undefined, undefined])
    expect(JSON.stringify(await all())).not.toContain(slip)
  })

  it('has what was refused to somebody', async () => {
    const ada = await person(at, 'ada')
    await ada.ask('GET', '/v1/PROJECT/meshes')
    expect((await all()).filter(({ kind }) => kind === 'refused')).toMatchObject([
      { user: { id: ada.id, name: 'ada' }, operation: 'listMeshes', status: 403 },
    ])
  })

  it('is read in pages', async () => {
    for (const name of ['one', 'two', 'three']) await at.client.createGroup({ body: { name } })
    const entries = await all()
    const page = async (query: object) => (await at.client.listAudit({ query })).items
    expect(await page({ after: '2', limit: '3' })).toEqual(entries.slice(2, 5))
    expect(await page({ after: '0', limit: '1' })).toEqual(entries.slice(0, 1))
    expect(await page({ after: String(entries.length) })).toEqual([])
    expect((await at.client.listAudit({ query: { limit: '1' } })).last).toBe(entries.length)
    expect((await at.ask('GET', '/meshlift/v1/iam/audit?limit=0')).status).toBe(400)
    expect((await at.ask('GET', '/meshlift/v1/iam/audit?after=-1')).status).toBe(400)
  })

  it('is the administrators’ business', async () => {
    const ada = await person(at, 'ada')
    for (const path of ['/meshlift/v1/iam/audit', '/meshlift/v1/iam/audit/verification'])
      expect((await ada.ask('GET', path)).status).toBe(403)
  })
})
