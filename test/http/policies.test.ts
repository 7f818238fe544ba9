import { beforeEach, describe, expect, it } from 'vitest'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { person } from './people.ts'

let at: Harness
beforeEach(async () => {
  at = await harness()
})

const policies = '/meshlift/v1/iam/policies'
const grants = '/meshlift/v1/iam/grants'
const document = { Version: '5.0', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:get'] }] }
const role = { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:list'] }] }
const system = ['ASM FullAccess', 'ASM ReadOnlyAccess', 'ASMFullAccess', 'ASMReadOnlyAccess']

describe('a policy', () => {
  it('is written, shown, listed after those of the program, written anew and removed', async () => {
    const made = await at.client.createPolicy({ body: { name: 'readers', document } })
    const policy_id = made.id
    expect(made).toEqual({ id: policy_id, name: 'readers', system: false, version: '5.0', document })
    expect(await at.client.getPolicy({ policy_id })).toEqual(made)
    const { items } = await at.client.listPolicies()
    expect(items.map(({ name }) => name)).toEqual([...system, 'readers'])
    expect(items.map((one) => one.system)).toEqual([true, true, true, true, false])
    const changed = await at.client.changePolicy({ policy_id, body: { document: role } })
    expect(changed).toEqual({ ...made, version: '1.1', document: role })
    expect(await at.client.removePolicy({ policy_id })).toEqual(changed)
    expect((await at.ask('GET', `${policies}/${policy_id}`)).status).toBe(404)
  })

  it('of the program is shown, and can neither be changed nor removed', async () => {
    for (const { id, name } of (await at.client.listPolicies()).items) {
      expect(await at.client.getPolicy({ policy_id: id })).toMatchObject({ name, system: true })
      expect((await at.ask('PUT', `${policies}/${id}`, { document })).status).toBe(409)
      expect((await at.ask('DELETE', `${policies}/${id}`)).status).toBe(409)
    }
    expect((await at.ask('POST', policies, { name: 'ASMFullAccess', document })).status).toBe(409)
  })

  it.each([
    [{ ...document, Version: '2.0' }, 'Version'],
    [{ Version: '5.0' }, 'Statement'],
    [{ ...document, Statement: [{ Effect: 'Perhaps', Action: ['asm:mesh:get'] }] }, 'Statement[0].Effect'],
    [{ ...document, Statement: [{ Effect: 'Allow', Actoin: ['asm:mesh:get'] }] }, 'Statement[0]'],
    ['text', 'Version'],
    [null, 'Version'],
  ])('that cannot be read is refused when it is written, naming the element: %j', async (bad, element) => {
    const made = await at.ask('POST', policies, { name: 'bad', document: bad })
    expect(made).toMatchObject({ status: 400, body: { errorMsg: expect.stringContaining(element) } })
    const good = await at.client.createPolicy({ body: { name: 'good', document } })
    expect((await at.ask('PUT', `${policies}/${good.id}`, { document: bad })).status).toBe(400)
    expect(await at.client.getPolicy({ policy_id: good.id })).toEqual(good)
    expect((await at.client.listPolicies()).items).toHaveLength(5)
  })

  it('that nobody wrote is 404, and one without a document is 400', async () => {
    expect((await at.ask('GET', `${policies}/none`)).status).toBe(404)
    expect((await at.ask('PUT', `${policies}/none`, { document })).status).toBe(404)
    expect((await at.ask('DELETE', `${policies}/none`)).status).toBe(404)
    expect((await at.ask('POST', policies, { name: 'none' })).status).toBe(400)
  })
})

describe('a grant', () => {
  it('gives a policy and takes it back, and the policy stays while somebody has it', async () => {
    const { id: user } = await at.client.createUser({ body: { name: 'ada' } })
    const { id: policy } = await at.client.createPolicy({ body: { name: 'readers', document } })
    const grant = await at.client.createGrant({ body: { policy, user } })
    expect(grant).toEqual({ id: expect.any(String), policy, user })
    expect((await at.client.listGrants()).items).toEqual([grant])
    expect((await at.ask('POST', grants, { policy, user })).status).toBe(409)
    expect((await at.ask('DELETE', `${policies}/${policy}`)).status).toBe(409)
    expect(await at.client.removeGrant({ grant_id: grant.id })).toEqual(grant)
    expect((await at.ask('DELETE', `${grants}/${grant.id}`)).status).toBe(404)
    expect((await at.ask('DELETE', `${policies}/${policy}`)).status).toBe(200)
  })

  it('is to whom its version allows, and refused by name elsewhere', async () => {
    const { id: user } = await at.client.createUser({ body: { name: 'ada' } })
    const { id: group } = await at.client.createGroup({ body: { name: 'ops' } })
    const { id: five } = await at.client.createPolicy({ body: { name: 'five', document } })
    const { id: one } = await at.client.createPolicy({ body: { name: 'one', document: role } })
    const project = at.session.projectId
    const refused: readonly (readonly [object, string])[] = [
      [{ policy: 'none', user }, 'policy'],
      [{ policy: five }, 'user'],
      [{ policy: five, user: 'nobody' }, 'user'],
      [{ policy: five, group: 'none' }, 'group'],
      [{ policy: five, user, group }, 'group'],
      [{ policy: five, user, project }, 'project'],
      [{ policy: five, user, enterpriseProject: '0' }, 'enterpriseProject'],
      [{ policy: one, user }, 'user'],
      [{ policy: one }, 'group'],
      [{ policy: one, group, project: 'none' }, 'project'],
      [{ policy: one, group, enterpriseProject: 'none' }, 'enterpriseProject'],
    ]
    for (const [body, field] of refused) {
      const answer = await at.ask('POST', grants, body)
      expect({ body, status: answer.status }).toEqual({ body, status: 400 })
      expect(answer.body.errorMsg).toMatch(new RegExp(`^${field} `))
    }
    expect((await at.client.listGrants()).items).toEqual([])
    for (const body of [
      { policy: one, group, project },
      { policy: one, group, enterpriseProject: '0' },
    ])
      expect(await at.client.createGrant({ body })).toMatchObject(body)
  })
})

it('policies and grants are the administrators’ business: nobody grants themselves anything', async () => {
  const ada = await person(at, 'ada')
  for (const [method, path, body] of [
    ['GET', policies],
    ['GET', `${policies}/asm-full-access-5`],
    ['POST', policies, { name: 'mine', document }],
    ['PUT', `${policies}/asm-full-access-5`, { document }],
    ['DELETE', `${policies}/asm-full-access-5`],
    ['GET', grants],
    ['POST', grants, { policy: 'asm-full-access-5', user: ada.id }],
    ['DELETE', `${grants}/none`],
    ['POST', '/meshlift/v1/iam/explanations', { user: ada.id, action: 'asm:mesh:get', project: at.session.projectId }],
  ] as const)
    expect((await ada.ask(method, path, body)).status).toBe(403)
  expect((await at.client.listGrants()).items).toEqual([])
})
