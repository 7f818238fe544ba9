import { beforeEach, describe, expect, it } from 'vitest'
import type { Mesh } from '../../src/contract/meshes.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { bent, statuses, upgradeBody, withMesh } from './samples.ts'

let at: Harness
let mesh: Mesh
beforeEach(async () => {
  at = await harness()
  mesh = await withMesh(at)
})

const path = '/v1/PROJECT/mesh-upgrade'
const create = () => at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })
const stored = async () => (await at.client.listUpgrades()).items

describe('an upgrade', () => {
  it('is created, read, driven and deleted by the documented calls', async () => {
    const created = await create()
    const mesh_upgrade_id = created.metadata.uid
    expect(created).toMatchObject({
      kind: 'MeshUpgrade',
      apiVersion: 'v1',
      metadata: { name: 'to-131', creationTimestamp: '2026-11-22T10:00:00Z' },
      status: { state: 'Init', currentStep: { phase: 'Queuing' } },
    })
    expect(await at.client.getUpgrade({ mesh_upgrade_id })).toEqual(created)
    await at.settled(mesh_upgrade_id)
    const { spec, ...rest } = upgradeBody(mesh.metadata.uid)
    const currentStep = { name: 'PreCheck', action: 'Rollback' } as const
    const driven = await at.client.updateUpgrade({ mesh_upgrade_id, body: { ...rest, spec: { ...spec, currentStep } } })
    expect(driven).toMatchObject({ spec: { currentStep }, status: { state: 'RollingBack' } })
    const ended = await at.settled(mesh_upgrade_id)
    expect(await at.client.deleteUpgrade({ mesh_upgrade_id })).toEqual(ended)
    await expect(at.client.getUpgrade({ mesh_upgrade_id })).rejects.toMatchObject({ status: 404 })
  })

  it('is called Canary however the strategy was spelled', async () => {
    const { status, body } = await at.ask(
      'POST',
      path,
      bent(upgradeBody(mesh.metadata.uid), 'spec.upgradeStrategy', 'cANARY'),
    )
    expect([status, body.spec.upgradeStrategy]).toEqual([201, 'Canary'])
  })

  it('ignores unknown members, and status, uid and creation time, whatever they hold', async () => {
    const body = {
      ...upgradeBody(mesh.metadata.uid),
      status: 'nonsense',
      metadata: { name: 'to-131', uid: 7, creationTimestamp: null, annotations: { a: 'b' } },
      colour: 'red',
    }
    const answer = await at.ask('POST', path, body)
    expect(answer.status).toBe(201)
    expect(answer.body.metadata.uid).not.toBe(7)
    expect(JSON.stringify(answer.body)).not.toContain('red')
    expect(answer.body.metadata).not.toHaveProperty('annotations')
  })
})

describe('a body that is not accepted', () => {
  it.each([
    ['kind', 'Mesh', 'kind must be MeshUpgrade.'],
    ['kind', undefined, 'kind is missing; it must be MeshUpgrade.'],
    ['apiVersion', 'v2', 'apiVersion must be v1.'],
    ['metadata', undefined, 'metadata is missing; it must be an object with name.'],
    ['metadata.name', 'Shop', 'metadata.name must be 4 to 64 lower-case letters'],
    ['metadata.name', 'abc', 'metadata.name must be 4 to 64 lower-case letters'],
    ['metadata.name', 5, 'metadata.name must be 4 to 64 lower-case letters'],
    ['spec', [], 'spec must be an object with'],
    ['spec.meshId', undefined, 'spec.meshId is missing; it must be a text that is not empty.'],
    ['spec.meshId', 5, 'spec.meshId must be a text that is not empty.'],
    ['spec.upgradeStrategy', 'InPlace', 'spec.upgradeStrategy must be Canary.'],
    ['spec.targetType', 'Dedicated', 'spec.targetType must be InCluster.'],
    ['spec.targetVersion', 1.31, 'spec.targetVersion must be a text that is not empty.'],
    ['spec.currentStep', undefined, 'spec.currentStep is missing; it must be an object with name, action.'],
    ['spec.currentStep.name', 'PostUpgrade', 'spec.currentStep.name must be PreCheck.'],
    ['spec.currentStep.action', 'Rollback', 'spec.currentStep.action must be Execute.'],
  ])('%s = %j: names the field and what would do, and stores nothing', async (field, value, message) => {
    const answer = await at.ask('POST', path, bent(upgradeBody(mesh.metadata.uid), field, value))
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'ASM.01010001' } })
    expect(answer.body.errorMsg).toContain(message)
    expect(await stored()).toEqual([])
  })

  it.each([
    ['{"kind": "MeshUpgrade"', 'The body is not valid JSON.'],
    ['', 'The body must be an object with kind, apiVersion, metadata, spec.'],
    ['null', 'The body must be an object with kind, apiVersion, metadata, spec.'],
    ['[]', 'The body must be an object with kind, apiVersion, metadata, spec.'],
    ['"MeshUpgrade"', 'The body must be an object with'],
    ['{"__proto__": {"kind": "MeshUpgrade"}}', 'The body is not accepted with a member __proto__.'],
  ])('%s is refused as a whole', async (text, message) => {
    const answer = await at.ask('POST', path, text)
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'ASM.01010001' } })
    expect(answer.body.errorMsg).toContain(message)
    expect(await stored()).toEqual([])
  })

  it('is told on update which steps and actions there are', async () => {
    const { metadata } = await create()
    const put = (field: string, value: unknown) =>
      at.ask('PUT', `${path}/${metadata.uid}`, bent(upgradeBody(mesh.metadata.uid), field, value))
    const step = await put('spec.currentStep.name', 'Upgrade')
    expect(step.body.errorMsg).toBe(
      'spec.currentStep.name must be one of PreCheck, ControlPlaneUpgrade, DataPlaneUpgrade, PostUpgrade.',
    )
    const action = await put('spec.currentStep.action', 'execute')
    expect(action.body.errorMsg).toBe('spec.currentStep.action must be one of Execute, Retry, Rollback.')
    expect([step.status, action.status]).toEqual([400, 400])
  })
})

describe('a target version', () => {
  const target = (version: string) => bent(upgradeBody(mesh.metadata.uid), 'spec.targetVersion', version)

  it.each([
    ['1.31.0', '1.31.0'],
    ['v1.31.0', '1.31.0'],
    ['1.31', '1.31.1'],
    ['v1.31', '1.31.1'],
    ['1.32.0', '1.32.0'],
  ])('%s is taken and means %s, is shown so, and may be said either way again', async (written, meant) => {
    const created = await at.ask('POST', path, target(written))
    const mesh_upgrade_id = created.body.metadata.uid
    expect([created.status, created.body.spec.targetVersion]).toEqual([201, meant])
    for (const again of [written, meant]) {
      const put = await at.ask('PUT', `${path}/${mesh_upgrade_id}`, target(again))
      expect([put.status, put.body.spec.targetVersion]).toEqual([200, meant])
    }
  })

  it.each([
    ['1.29.9', 'older than the installed 1.30.2'],
    ['1.30.2', '1.30.2 is what is installed'],
    ['1.33.0', 'more than two minor versions ahead'],
    ['1.33', 'is not a version that is known'],
    ['1.31.0-', 'is not a version that is known'],
    ['newest', 'is not a version that is known'],
  ])('%s is refused with the versions that would be taken, and nothing is stored', async (version, why) => {
    const answer = await at.ask('POST', path, target(version))
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'ASM.01010001' } })
    expect(answer.body.errorMsg).toMatch(/^spec\.targetVersion: .* Accepted: 1\.31\.1, 1\.30\.7\.$/)
    expect(answer.body.errorMsg).toContain(why)
    expect(await stored()).toEqual([])
    expect((await at.client.getMesh({ mesh_id: mesh.metadata.uid })).status.phase).toBe('Running')
  })
})

describe('what an update may not change', () => {
  it.each([
    ['metadata.name', 'to-132', 'metadata.name cannot be changed: it must be to-131.'],
    ['spec.meshId', '2789682f-7e1b-11ee-9662-0255ac10080a', 'spec.meshId cannot be changed'],
    ['spec.targetVersion', '1.31', 'spec.targetVersion cannot be changed: it must be 1.31.0.'],
    ['spec.targetVersion', '1.31.1', 'spec.targetVersion cannot be changed: it must be 1.31.0.'],
    ['spec.targetType', 'Dedicated', 'spec.targetType must be InCluster.'],
    ['spec.upgradeStrategy', 'InPlace', 'spec.upgradeStrategy must be Canary.'],
    ['kind', 'Mesh', 'kind must be MeshUpgrade.'],
    ['apiVersion', 'v3', 'apiVersion must be v1.'],
  ])('%s = %s is refused by name, though the step could start, and nothing changes', async (field, value, message) => {
    const { metadata } = await create()
    const before = await at.settled(metadata.uid)
    const next = bent(upgradeBody(mesh.metadata.uid), 'spec.currentStep.name', 'ControlPlaneUpgrade')
    const answer = await at.ask('PUT', `${path}/${metadata.uid}`, bent(next, field, value))
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'ASM.01010001' } })
    expect(answer.body.errorMsg).toContain(message)
    expect(await at.client.getUpgrade({ mesh_upgrade_id: metadata.uid })).toEqual(before)
    expect((await at.ask('PUT', `${path}/${metadata.uid}`, next)).status).toBe(200)
  })
})

describe('a second upgrade of a mesh', () => {
  it('is refused while the first is unfinished, and is another one afterwards', async () => {
    const first = await create()
    const body = bent(upgradeBody(mesh.metadata.uid), 'metadata.name', 'another')
    const refused = await at.ask('POST', path, body)
    expect(refused).toMatchObject({
      status: 409,
      body: { errorCode: 'ASM.01010003', problem: 'upgrades/unfinished' },
    })
    expect(refused.body.errorMsg).toContain(`Mesh shop has the unfinished upgrade to-131 (${first.metadata.uid})`)
    expect(await stored()).toHaveLength(1)
    await at.settled(first.metadata.uid)
    await at.put(first.metadata.uid, 'PreCheck', 'Rollback')
    await at.settled(first.metadata.uid)
    const second = await at.ask('POST', path, body)
    expect(second.status).toBe(201)
    expect((await stored()).map(({ id }) => id)).toEqual([second.body.metadata.uid, first.metadata.uid])
    await at.settled(second.body.metadata.uid)
    expect((await at.client.getUpgrade({ mesh_upgrade_id: first.metadata.uid })).status.state).toBe('RolledBack')
  })

  it('is one of two that were asked for at the same moment', async () => {
    const body = upgradeBody(mesh.metadata.uid)
    const answers = await Promise.all([at.ask('POST', path, body), at.ask('POST', path, body)])
    expect(statuses(answers)).toEqual([201, 409])
    expect(await stored()).toHaveLength(1)
  })
})

describe('what is not there', () => {
  it('is a mesh that nobody registered: 404, named, nothing stored', async () => {
    const answer = await at.ask('POST', path, upgradeBody('2789682f-7e1b-11ee-9662-0255ac10080a'))
    expect(answer).toMatchObject({ status: 404, body: { errorCode: 'ASM.01010002', problem: 'meshes/unknown' } })
    expect(answer.body.errorMsg).toContain('spec.meshId')
    expect(await stored()).toEqual([])
  })

  it('is looked for only after the shape was judged', async () => {
    const unknown = '2789682f-7e1b-11ee-9662-0255ac10080a'
    expect((await at.ask('PUT', `${path}/${unknown}`, {})).status).toBe(400)
    expect((await at.ask('PUT', `${path}/${unknown}`, upgradeBody(mesh.metadata.uid))).status).toBe(404)
    expect((await at.ask('GET', `${path}/${unknown}`)).status).toBe(404)
    expect((await at.ask('DELETE', `${path}/${unknown}`)).status).toBe(404)
  })
})

describe('asking again', () => {
  it('costs no body while nothing changed', async () => {
    const { metadata } = await create()
    const one = `${path}/${metadata.uid}`
    const first = await at.ask('GET', one)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    expect(await at.ask('GET', one, undefined, { 'if-none-match': etag })).toMatchObject({ status: 304 })
    expect(await at.ask('GET', one, undefined, { 'if-none-match': `"x", W/${etag}` })).toMatchObject({ status: 304 })
    expect(await at.ask('GET', one, undefined, { 'if-none-match': '"x"' })).toMatchObject({ status: 200 })
    await at.settled(metadata.uid)
    const changed = await at.ask('GET', one, undefined, { 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(etag)
  })
})
