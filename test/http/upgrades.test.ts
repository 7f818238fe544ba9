import { beforeEach, describe, expect, it } from 'vitest'
import type { Mesh } from '../../src/contract/meshes.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { bent, upgradeBody, withMesh } from './samples.ts'

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
      status: { state: 'Running', currentStep: { phase: 'Running' } },
    })
    expect(await at.client.getUpgrade({ mesh_upgrade_id })).toEqual(created)
    const body = bent(upgradeBody(mesh.metadata.uid), 'spec.currentStep.action', 'Retry') as ReturnType<
      typeof upgradeBody
    >
    const driven = await at.client.updateUpgrade({ mesh_upgrade_id, body })
    expect(driven.spec.currentStep).toEqual({ name: 'PreCheck', action: 'Retry' })
    expect(await at.client.deleteUpgrade({ mesh_upgrade_id })).toEqual(driven)
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
    ['spec.targetVersion', '1.29.0', 'spec.targetVersion must be one of 1.31.0, 1.32.0.'],
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
    ['{"__proto__": {"kind": "MeshUpgrade"}}', 'The body is not valid JSON.'],
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
    const later = await put('spec.currentStep.name', 'PostUpgrade')
    expect(later.status).toBe(200)
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
    at.tick(5000)
    await at.ask('PUT', one, upgradeBody(mesh.metadata.uid))
    const changed = await at.ask('GET', one, undefined, { 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(etag)
  })
})
