// In which order a request is judged: who asks, its shape, whether the thing is there, whether the caller may, its state.
import { beforeAll, describe, expect, it } from 'vitest'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { person } from './people.ts'
import type { Person } from './people.ts'
import { bent, meshBody, upgradeBody, withMesh } from './samples.ts'

/** A request of one operation. Each member is one way to be wrong, or what is sent when that one is right. */
interface Row {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** For an id that is there and for one that is not. */
  readonly path: (id: string) => string
  readonly known: string
  /** Undefined for an operation without a body. */
  readonly shapeless?: object
  /** Names the id where the path does not. */
  readonly body?: (id: string) => object
  /** What the present state makes of it: the status for an administrator. */
  readonly state: number
  /** Operations that name nothing: there is nothing that could be missing. */
  readonly namesNothing?: true
}

let at: Harness
let nobody: Person
let rows: Readonly<Record<string, Row>>

beforeAll(async () => {
  at = await harness()
  nobody = await person(at, 'nobody')
  const mesh = (await withMesh(at)).metadata.uid
  const upgrade = (await at.client.createUpgrade({ body: upgradeBody(mesh) })).metadata.uid
  await at.settled(upgrade)
  await at.put(upgrade, 'ControlPlaneUpgrade', 'Execute')
  await at.settled(upgrade)
  const cluster = (await at.client.listClusters()).items[0]?.id ?? ''
  const upgrades = '/v1/PROJECT/mesh-upgrade'
  const meshes = '/v1/PROJECT/meshes'
  const shapeless = { kind: 5 }
  rows = {
    createUpgrade: { method: 'POST', path: () => upgrades, known: mesh, shapeless, body: upgradeBody, state: 409 },
    getUpgrade: { method: 'GET', path: (id) => `${upgrades}/${id}`, known: upgrade, state: 200 },
    updateUpgrade: {
      method: 'PUT',
      path: (id) => `${upgrades}/${id}`,
      known: upgrade,
      shapeless,
      // Done long ago.
      body: () => upgradeBody(mesh),
      state: 409,
    },
    deleteUpgrade: { method: 'DELETE', path: (id) => `${upgrades}/${id}`, known: upgrade, state: 409 },
    getJob: { method: 'GET', path: (id) => `/v1/PROJECT/mesh-job/${id}`, known: upgrade, state: 200 },
    createMesh: {
      method: 'POST',
      path: () => meshes,
      known: '',
      shapeless,
      // The cluster has a mesh, and the name is taken.
      body: () => meshBody(cluster),
      state: 409,
      namesNothing: true,
    },
    listMeshes: { method: 'GET', path: () => meshes, known: '', state: 200, namesNothing: true },
    getMesh: { method: 'GET', path: (id) => `${meshes}/${id}`, known: mesh, state: 200 },
    deleteMesh: { method: 'DELETE', path: (id) => `${meshes}/${id}`, known: mesh, state: 409 },
  }
})

const missing = '2789682f-7e1b-11ee-9662-0255ac10080a'
const elsewhere = 'f'.repeat(32)

describe.each([
  'createUpgrade',
  'getUpgrade',
  'updateUpgrade',
  'deleteUpgrade',
  'getJob',
  'createMesh',
  'listMeshes',
  'getMesh',
  'deleteMesh',
])('%s', (operation) => {
  it('answers with the first refusal, each time one more thing is right', async () => {
    const row = rows[operation]
    if (!row) throw new Error(operation)
    const { method, path, known, shapeless, body = () => undefined, state, namesNothing } = row
    const foreign = (id: string) => path(id).replace('PROJECT', elsewhere)
    const anonymous = { 'x-auth-token': 'guess' }
    const asked: (readonly [string, number, Promise<{ readonly status: number }>])[] = []
    const ask = (why: string, expected: number, answer: Promise<{ readonly status: number }>) =>
      asked.push([why, expected, answer])
    const wrong = shapeless ?? body(missing)
    ask('nobody is known, nothing is right', 401, at.ask(method, foreign(missing), wrong, anonymous))
    ask('the project is another one', 403, nobody.ask(method, foreign(missing), wrong))
    if (shapeless) ask('the shape is wrong', 400, nobody.ask(method, path(missing), shapeless))
    if (!namesNothing) ask('it is not there', 404, nobody.ask(method, path(missing), body(missing)))
    ask('the caller may not', 403, nobody.ask(method, path(known), body(known)))
    ask('the state does not allow it', state, at.ask(method, path(known), body(known)))
    for (const [why, expected, answer] of asked)
      expect({ why, status: (await answer).status }).toEqual({ why, status: expected })
  })
})

it('contents that depend on what is stored are judged after the permission', async () => {
  const { known: mesh = '' } = rows['createUpgrade'] ?? {}
  const { known: upgrade = '' } = rows['updateUpgrade'] ?? {}
  const fixed = bent(upgradeBody(mesh), 'spec.targetVersion', '1.12.0')
  const requests = [
    ['PUT', `/v1/PROJECT/mesh-upgrade/${upgrade}`, fixed],
    ['POST', '/v1/PROJECT/mesh-upgrade', fixed],
    ['POST', '/v1/PROJECT/meshes', meshBody('no-cluster')],
    [
      'POST',
      '/v1/PROJECT/meshes',
      bent(meshBody('x'), 'metadata.annotations', { 'meshlift.io/enterprise-project': 'x' }),
    ],
  ] as const
  for (const [method, path, body] of requests) {
    const denied = await nobody.ask(method, path, body)
    expect(denied).toMatchObject({ status: 403, body: { errorCode: 'ASM.01000002', problem: 'access/denied' } })
    expect((await at.ask(method, path, body)).status).toBe(400)
  }
})

it('what is wrong by itself is said before anything is looked up', async () => {
  const body = meshBody('no-cluster')
  for (const [field, value, says] of [
    [
      'spec.tags',
      [
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ],
      'spec.tags[1].key must be named once.',
    ],
    ['metadata.annotations', { 'meshlift.io/values': 'values.yaml' }, 'must be an absolute path on the server.'],
  ] as const) {
    const answer = await nobody.ask('POST', '/v1/PROJECT/meshes', bent(body, field, value))
    expect(answer).toMatchObject({ status: 400, body: { errorMsg: expect.stringContaining(says) } })
  }
})
