import { beforeEach, describe, expect, it } from 'vitest'
import type { StepAction, StepName } from '../../src/contract/upgrades.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { allow, deny, person, where } from './people.ts'
import type { Person } from './people.ts'
import { bent, meshBody, upgradeBody, withMesh } from './samples.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const meshes = '/v1/PROJECT/meshes'
const upgrades = '/v1/PROJECT/mesh-upgrade'
const names = (body: { readonly items: readonly { readonly metadata: { readonly name: string } }[] }) =>
  body.items.map(({ metadata }) => metadata.name)

/** A second mesh, with this value of the tag `env`. */
async function tagged(name: string, env: string) {
  const { id } = await at.client.addCluster({ body: { name, kubeconfig: `/etc/${name}.yaml` } })
  const body = bent(bent(meshBody(id), 'metadata.name', name), 'spec.tags', [{ key: 'env', value: env }])
  return (await at.ask('POST', meshes, body)).body.metadata.uid as string
}

describe('the steps of an upgrade can be given apart', () => {
  let id: string
  let mesh: string
  const asked = async (who: Person, name: StepName, action: StepAction) =>
    (await who.ask('PUT', `${upgrades}/${id}`, bent(upgradeBody(mesh), 'spec.currentStep', { name, action }))).status
  beforeEach(async () => {
    mesh = (await withMesh(at)).metadata.uid
    id = (await at.client.createUpgrade({ body: upgradeBody(mesh) })).metadata.uid
    await at.settled(id)
  })

  it.each([
    ['meshlift:upgrade:plan', [400, 403, 403, 403, 403]],
    ['meshlift:upgrade:execute', [403, 409, 409, 403, 403]],
    ['meshlift:upgrade:finish', [403, 403, 403, 409, 403]],
    ['meshlift:upgrade:rollback', [403, 403, 403, 403, 409]],
    ['asm:mesh:upgrade', [400, 409, 409, 409, 409]],
  ] as const)('%s lets through what it is for', async (action, expected) => {
    const ada = await person(at, 'ada', allow(action))
    // What is let through is refused by what is stored, so that one upgrade does for all of them.
    const wrong = bent(upgradeBody(mesh), 'spec.targetVersion', '1.12.0')
    const plan = await ada.ask('PUT', `${upgrades}/${id}`, wrong)
    expect([
      plan.status,
      await asked(ada, 'ControlPlaneUpgrade', 'Retry'),
      await asked(ada, 'DataPlaneUpgrade', 'Execute'),
      await asked(ada, 'PostUpgrade', 'Execute'),
      await asked(ada, 'ControlPlaneUpgrade', 'Rollback'),
    ]).toEqual(expected)
  })

  it.each([
    ['meshlift:upgrade:finish', 'PostUpgrade', 'Execute'],
    ['meshlift:upgrade:rollback', 'PreCheck', 'Rollback'],
    ['meshlift:upgrade:execute', 'ControlPlaneUpgrade', 'Execute'],
  ] as const)('a Deny of %s holds whatever else is allowed', async (action, name, step) => {
    const ada = await person(at, 'ada', allow('asm:*:*', 'meshlift:*:*'), deny(action))
    expect(await asked(ada, name, step)).toBe(403)
    expect((await ada.ask('GET', `${upgrades}/${id}`)).status).toBe(200)
  })

  it('retrying a step of an upgrade that goes back is going back', async () => {
    await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    await at.settled(id)
    await at.put(id, 'ControlPlaneUpgrade', 'Rollback')
    expect((await at.client.getUpgrade({ mesh_upgrade_id: id })).status.state).toBe('RollingBack')
    const forward = await person(at, 'forward', allow('meshlift:upgrade:execute'))
    const back = await person(at, 'back', allow('meshlift:upgrade:rollback'))
    expect(await asked(forward, 'ControlPlaneUpgrade', 'Retry')).toBe(403)
    expect(await asked(back, 'ControlPlaneUpgrade', 'Retry')).toBe(409)
  })

  it('retrying a step is judged on the upgrade as it is then, whatever somebody else does meanwhile', async () => {
    await at.put(id, 'ControlPlaneUpgrade', 'Execute')
    await at.settled(id)
    const { upgrades: door } = at.parts
    const put = door.put.bind(door)
    door.put = async (project, upgrade, body, may) => {
      door.put = put
      await at.put(id, 'ControlPlaneUpgrade', 'Rollback')
      return put(project, upgrade, body, may)
    }
    const forward = await person(at, 'forward', allow('meshlift:upgrade:execute'))
    expect(await asked(forward, 'ControlPlaneUpgrade', 'Retry')).toBe(403)
  })

  it('reading, planning, seeing jobs, abandoning and deleting too', async () => {
    const ours = `/meshlift/v1/PROJECT/upgrades/${id}`
    const requests = {
      'meshlift:upgrade:get': [
        ['GET', ours],
        ['GET', `${ours}/findings`],
        ['GET', `${ours}/notes`],
      ],
      'meshlift:upgrade:plan': [['GET', `${ours}/plan`]],
      'asm:mesh:getUpgradeJob': [['GET', `/v1/PROJECT/mesh-job/${id}`]],
      'meshlift:upgrade:list': [['GET', '/meshlift/v1/PROJECT/upgrades']],
      'meshlift:mesh:check': [['POST', '/meshlift/v1/PROJECT/checks', { mesh: 'shop', targetVersion: '1.31.0' }]],
      'meshlift:upgrade:abandon': [['POST', `${ours}/abandon`]],
      'meshlift:upgrade:delete': [['DELETE', `${upgrades}/${id}`]],
    } as const
    for (const action of Object.keys(requests)) {
      const who = await person(at, action.replaceAll(':', '.'), allow(action))
      // What is allowed last: it may be the end of the upgrade.
      const others = Object.entries(requests).filter(([other]) => other !== action)
      const own = Object.entries(requests).filter(([other]) => other === action)
      for (const [needed, all] of [...others, ...own])
        for (const [method, path, body] of all) {
          const { status } = await who.ask(method, path, body)
          expect({ action, path, status }).toEqual({ action, path, status: needed === action ? 200 : 403 })
        }
      await at.round()
    }
  })
})

describe('lists', () => {
  it('have what the caller may see, and are refused to whoever may see nothing at all', async () => {
    await withMesh(at)
    const test = await tagged('staging', 'test')
    const prod = await tagged('live', 'prod')
    for (const mesh of [test, prod]) await at.client.createUpgrade({ body: upgradeBody(mesh) })
    const action = ['asm:mesh:list', 'meshlift:upgrade:list'] as const
    const tester = await person(at, 'tester', where(allow(...action), 'g:ResourceTag/env', 'test'))
    expect(names((await tester.ask('GET', meshes)).body)).toEqual(['staging'])
    const list = '/meshlift/v1/PROJECT/upgrades'
    const seen = (query = '') => tester.ask('GET', `${list}${query}`)
    expect((await seen()).body.items.map((one: { readonly mesh: { readonly id: string } }) => one.mesh.id)).toEqual([
      test,
    ])
    expect((await seen('?mesh=staging')).status).toBe(200)
    expect((await seen('?mesh=live')).status).toBe(403)
    // What it may not see is not offered either.
    expect((await seen('?mesh=shed')).body.errorMsg).toBe('mesh must be a mesh of this project: staging.')
    const all = await person(at, 'all', allow(...action))
    expect(names((await all.ask('GET', meshes)).body)).toEqual(['shop', 'staging', 'live'])
    const none = await person(at, 'none', allow('asm:mesh:get'))
    expect((await none.ask('GET', meshes)).status).toBe(403)
    expect((await none.ask('GET', list)).status).toBe(403)
  })

  it('of clusters too', async () => {
    const { id } = await at.client.addCluster({ body: { name: 'prod', kubeconfig: '/etc/prod.yaml' } })
    const other = await at.client.addCluster({ body: { name: 'test', kubeconfig: '/etc/test.yaml' } })
    const resources = { ...allow('meshlift:cluster:*'), Resource: [`meshlift:*:*:cluster:${id}`] }
    const ada = await person(at, 'ada', resources)
    const clusters = '/meshlift/v1/PROJECT/clusters'
    const { body } = await ada.ask('GET', clusters)
    expect(body.items.map(({ name }: { readonly name: string }) => name)).toEqual(['prod'])
    expect((await ada.ask('GET', `${clusters}/${id}`)).status).toBe(200)
    expect((await ada.ask('POST', `${clusters}/${id}/test`)).status).toBe(200)
    expect((await ada.ask('GET', `${clusters}/${other.id}`)).status).toBe(403)
    expect((await ada.ask('POST', `${clusters}/${other.id}/test`)).status).toBe(403)
    expect((await ada.ask('POST', clusters, { name: 'mine', kubeconfig: '/etc/shadow' })).status).toBe(403)
    expect((await ada.ask('DELETE', `${clusters}/${id}`)).status).toBe(403)
  })

  it('have the upgrades of a mesh that was forgotten, for those who may list any', async () => {
    const mesh_id = (await withMesh(at)).metadata.uid
    const { uid: mesh_upgrade_id } = (await at.client.createUpgrade({ body: upgradeBody(mesh_id) })).metadata
    await at.settled(mesh_upgrade_id)
    await at.client.abandonUpgrade({ mesh_upgrade_id })
    await at.round()
    await at.client.deleteMesh({ mesh_id })
    expect((await at.client.listUpgrades()).items.map(({ id }) => id)).toEqual([mesh_upgrade_id])
    // What its tags allowed and denied they allow and deny still.
    const tagged = (one: ReturnType<typeof allow>) => where(one, 'g:ResourceTag/cost centre', '')
    const tagger = await person(at, 'tagger', tagged(allow('*:*:*')))
    expect((await tagger.ask('GET', `${upgrades}/${mesh_upgrade_id}`)).status).toBe(200)
    const kept = await person(at, 'kept', allow('*:*:*'), tagged(deny('*:*:*')))
    expect((await kept.ask('GET', `${upgrades}/${mesh_upgrade_id}`)).status).toBe(403)
    const zero = await person(at, 'zero', where(allow('asm:mesh:*'), 'g:EnterpriseProjectId', '0'))
    expect((await zero.ask('GET', `${upgrades}/${mesh_upgrade_id}`)).status).toBe(200)
  })
})

describe('a mesh', () => {
  it('is made only with tags and in an enterprise project that the caller is allowed', async () => {
    const { id } = await at.client.createEnterpriseProject({ body: { name: 'retail' } })
    const cluster = await at.client.addCluster({ body: { name: 'prod', kubeconfig: '/etc/prod.yaml' } })
    const ada = await person(
      at,
      'ada',
      where(allow('asm:mesh:create'), 'g:EnterpriseProjectId', id),
      where(deny('asm:mesh:create'), 'g:ResourceTag/env', 'prod'),
    )
    const annotated = bent(meshBody(cluster.id), 'metadata.annotations', { 'meshlift.io/enterprise-project': id })
    const made = async (body: object) => (await ada.ask('POST', meshes, body)).status
    expect(await made(meshBody(cluster.id))).toBe(403)
    expect(await made(bent(annotated, 'spec.tags', [{ key: 'env', value: 'prod' }]))).toBe(403)
    expect((await at.client.listMeshes()).items).toEqual([])
    expect(await made(annotated)).toBe(201)
  })

  it('names a file of the server only for an administrator', async () => {
    const cluster = await at.client.addCluster({ body: { name: 'prod', kubeconfig: '/etc/prod.yaml' } })
    const ada = await person(at, 'ada', allow('asm:*:*', 'meshlift:*:*'))
    const body = bent(meshBody(cluster.id), 'metadata.annotations', { 'meshlift.io/values': '/etc/passwd' })
    const refused = await ada.ask('POST', meshes, body)
    expect(refused).toMatchObject({ status: 403, body: { errorMsg: expect.stringContaining('meshlift.io/values') } })
    expect((await at.client.listMeshes()).items).toEqual([])
    expect((await at.ask('POST', meshes, body)).status).toBe(201)
  })

  it('is moved only by who may move it out of one enterprise project and into the other', async () => {
    const mesh = (await withMesh(at)).metadata.uid
    const { id } = await at.client.createEnterpriseProject({ body: { name: 'retail' } })
    const ada = await person(at, 'ada', where(allow('meshlift:mesh:move'), 'g:EnterpriseProjectId', '0'))
    const eve = await person(at, 'eve', allow('meshlift:mesh:move'))
    const move = async (who: Person, enterpriseProject: string) =>
      (await who.ask('PUT', `/meshlift/v1/PROJECT/meshes/${mesh}/enterprise-project`, { enterpriseProject })).status
    expect(await move(ada, id)).toBe(403)
    expect(await move(ada, '0')).toBe(200)
    expect(await move(eve, 'nowhere')).toBe(400)
    expect(await move(eve, id)).toBe(200)
    expect(await move(ada, '0')).toBe(403)
  })
})

it.each([
  'https://user:pass@example.com/charts',
  'https://user@example.com/charts',
  'oci://user:pass@example.com/charts',
  'https:///user:pass@example.com',
  'https://exa mple.com/\u0000',
])('an address of charts with a log-in in it is not stored, and not said again: %j', async (charts) => {
  const answer = await at.ask('POST', '/meshlift/v1/PROJECT/clusters', { name: 'prod', kubeconfig: '/a', charts })
  expect(answer).toMatchObject({ status: 400, body: { errorMsg: expect.stringMatching(/^charts must be /) } })
  expect(JSON.stringify(answer.body)).not.toContain('pass@')
  expect((await at.client.listClusters()).items).toEqual([])
})
