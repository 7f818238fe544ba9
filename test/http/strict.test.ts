// Bodies below /meshlift/v1/: what has another type is refused by name, what is unknown is passed over.
import { beforeAll, describe, expect, it } from 'vitest'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { bent, meshBody, withMesh } from './samples.ts'

interface Sent {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly body: object
}

let at: Harness
let requests: Readonly<Record<string, Sent>>

const iam = '/meshlift/v1/iam'
const document = { Version: '5.0', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:get'] }] }

beforeAll(async () => {
  at = await harness()
  const { uid: mesh } = (await withMesh(at)).metadata
  const { id: user } = await at.client.createUser({ body: { name: 'ada' } })
  const { access } = await at.client.createKey({ body: { user } })
  const { id: policy } = await at.client.createPolicy({ body: { name: 'readers', document } })
  const project = at.session.projectId
  requests = {
    createUser: {
      method: 'POST',
      path: `${iam}/users`,
      body: { name: 'eve', password: 'long enough', administrator: false },
    },
    changeUser: { method: 'PUT', path: `${iam}/users/${user}`, body: { enabled: true, administrator: false } },
    createGroup: { method: 'POST', path: `${iam}/groups`, body: { name: 'ops' } },
    createProject: { method: 'POST', path: `${iam}/projects`, body: { name: 'eu-1' } },
    createEnterpriseProject: { method: 'POST', path: `${iam}/enterprise-projects`, body: { name: 'retail' } },
    createKey: { method: 'POST', path: `${iam}/keys`, body: { user, description: 'pipeline' } },
    changeKey: { method: 'PUT', path: `${iam}/keys/${access}`, body: { enabled: true } },
    createPolicy: { method: 'POST', path: `${iam}/policies`, body: { name: 'others', document } },
    changePolicy: { method: 'PUT', path: `${iam}/policies/${policy}`, body: { document } },
    createGrant: { method: 'POST', path: `${iam}/grants`, body: { policy, user } },
    explain: { method: 'POST', path: `${iam}/explanations`, body: { user, project, mesh, action: 'asm:mesh:get' } },
    moveMesh: {
      method: 'PUT',
      path: `/meshlift/v1/PROJECT/meshes/${mesh}/enterprise-project`,
      body: { enterpriseProject: '0' },
    },
  }
})

const kept = async () =>
  JSON.stringify([
    [...at.parts.access.office.directory.users],
    await at.client.listGroups(),
    await at.client.listProjects(),
    await at.client.listEnterpriseProjects(),
    await at.client.listKeys(),
    await at.client.listPolicies(),
    await at.client.listGrants(),
    await at.client.listMeshes(),
  ])

describe.each([
  'createUser',
  'changeUser',
  'createGroup',
  'createProject',
  'createEnterpriseProject',
  'createKey',
  'changeKey',
  'createPolicy',
  'changePolicy',
  'createGrant',
  'explain',
  'moveMesh',
])('a body for %s', (name) => {
  const sent = (): Sent => {
    const found = requests[name]
    if (!found) throw new Error(name)
    return found
  }

  it('with a member of another type is 400 and changes nothing', async () => {
    const { method, path, body } = sent()
    const before = await kept()
    for (const [member, value] of Object.entries(body))
      for (const other of [5, [], null, ['x'], typeof value === 'boolean' ? 'true' : true]) {
        const answer = await at.ask(method, path, bent(body, member, other))
        expect({ member, other, status: answer.status }).toEqual({ member, other, status: 400 })
        // A policy is refused by its own elements.
        expect(answer.body.errorMsg).toMatch(
          member === 'document' ? /document|Version/ : new RegExp(`^${member} must be`),
        )
      }
    for (const none of ['', 'null', '[]', '"x"', '5', '{', '[[[['])
      expect((await at.ask(method, path, none)).status).toBe(400)
    expect(await kept()).toBe(before)
  })

  it('with members that nobody knows is taken without them', async () => {
    const { method, path, body } = sent()
    const answer = await at.ask(method, path, { ...body, id: 'mine', generation: 99, colour: 'red' })
    expect(answer.status).toBe(method === 'POST' && name !== 'explain' ? 201 : 200)
    expect(JSON.stringify(answer.body)).not.toMatch(/"mine"|"red"|"generation"/)
    expect(await kept()).not.toMatch(/colour/)
  })
})

it('a mesh is given an id and times by the server, whatever is sent', async () => {
  const { id } = await at.client.addCluster({ body: { name: 'spare', kubeconfig: '/etc/spare.yaml' } })
  const asked = bent(bent(meshBody(id), 'metadata.uid', 'mine'), 'metadata.creationTimestamp', null)
  const answer = await at.ask('POST', '/v1/PROJECT/meshes', {
    ...bent(asked, 'metadata.name', 'other'),
    status: { phase: 5 },
    colour: 'red',
  })
  expect(answer.status).toBe(201)
  expect(answer.body.metadata).toMatchObject({ uid: expect.stringMatching(/^[0-9a-f-]{36}$/), name: 'other' })
  expect(answer.body.status.phase).toBe('Running')
  expect(JSON.stringify(answer.body)).not.toMatch(/"mine"|"red"/)
})
