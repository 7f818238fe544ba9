import { beforeEach, describe, expect, it } from 'vitest'
import type { GrantCreate } from '../../contract/iam.ts'
import { Problem } from '../../lib/problem.ts'
import type { Access } from '../access.ts'
import { systemPolicies } from '../policy/system.ts'
import { handedOut, testDoor } from '../testing/doors.ts'
import type { TestDoor } from '../testing/doors.ts'
import type { Office } from './office.ts'

const role = { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:list'] }] }
const identity = { Version: '5.0', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:list'], Resource: ['*'] }] }
const noSuch = 'f'.repeat(32)

let test: TestDoor
let door: Access
let office: Office
beforeEach(async () => {
  test = await testDoor()
  door = test.door
  office = door.office
})

const admin = (): string => [...office.directory.users.values()].find(({ name }) => name === 'admin')?.id ?? ''
const generation = (id: string): number | undefined => office.directory.users.get(id)?.generation

/** Why, in short. What is refused has changed nothing, neither here nor in the store. */
async function refused(work: Promise<unknown>): Promise<{ kind?: string; code?: string; field?: unknown }> {
  const before = office.directory
  const thrown: unknown = await work.then(
    () => new Error('It was not refused.'),
    (refusal: unknown) => refusal,
  )
  expect(thrown).toBeInstanceOf(Problem)
  expect(office.directory).toBe(before)
  expect(await test.stores.directory.read()).toEqual(before)
  const { kind, code, facts } = thrown as Problem
  return { kind, code, ...(facts['field'] === undefined ? {} : { field: facts['field'] }) }
}

describe('names', () => {
  it('are taken once in each kind; the default enterprise project and the program’s policies have theirs', async () => {
    await office.createUser({ name: 'ada' })
    await office.createGroup({ name: 'ada' })
    await office.createProject({ name: 'ada' })
    await office.createEnterpriseProject({ name: 'ada' })
    await office.createPolicy({ name: 'ada', document: role })
    const taken = { kind: 'conflict', code: 'access/name-taken' }
    expect(await refused(office.createUser({ name: 'ada' }))).toEqual(taken)
    expect(await refused(office.createGroup({ name: 'ada' }))).toEqual(taken)
    expect(await refused(office.createProject({ name: 'ada' }))).toEqual(taken)
    expect(await refused(office.createProject({ name: handedOut.projectName }))).toEqual(taken)
    expect(await refused(office.createEnterpriseProject({ name: 'ada' }))).toEqual(taken)
    expect(await refused(office.createEnterpriseProject({ name: 'default' }))).toEqual(taken)
    expect(await refused(office.createPolicy({ name: 'ada', document: role }))).toEqual(taken)
    expect(await refused(office.createPolicy({ name: 'ASMFullAccess', document: role }))).toEqual(taken)
  })

  it('of two that are asked for at once, one gets it', async () => {
    const asked = await Promise.allSettled([office.createUser({ name: 'ada' }), office.createUser({ name: 'ada' })])
    expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect([...office.directory.users.values()].filter(({ name }) => name === 'ada')).toHaveLength(1)
  })
})

describe('what is not there', () => {
  it.each<[string, (office: Office) => Promise<unknown>]>([
    ['changeUser', (o) => o.changeUser(noSuch, { enabled: false })],
    ['removeUser', (o) => o.removeUser(noSuch)],
    ['removeGroup', (o) => o.removeGroup(noSuch)],
    ['joinGroup', (o) => o.joinGroup(noSuch, noSuch)],
    ['leaveGroup', (o) => o.leaveGroup(noSuch, noSuch)],
    ['removeProject', (o) => o.removeProject(noSuch, undefined)],
    ['removeEnterpriseProject', (o) => o.removeEnterpriseProject(noSuch, undefined)],
    ['changeKey', (o) => o.changeKey(noSuch, { enabled: false })],
    ['removeKey', (o) => o.removeKey(noSuch)],
    ['changePolicy', (o) => o.changePolicy(noSuch, { document: role })],
    ['removePolicy', (o) => o.removePolicy(noSuch)],
    ['removeGrant', (o) => o.removeGrant(noSuch)],
    ['removeGrant of a name that every object has', (o) => o.removeGrant('__proto__')],
  ])('is not found: %s', async (_, work) => {
    expect(await refused(work(office))).toEqual({ kind: 'not-found', code: 'access/not-found' })
  })

  it('in a body is invalid and the member is named', async () => {
    expect(await refused(office.createKey({ user: noSuch }))).toMatchObject({ kind: 'invalid', field: 'user' })
  })

  it('a group answers for a user that is there and is no member', async () => {
    const { id } = await office.createGroup({ name: 'ops' })
    expect(await refused(office.leaveGroup(id, admin()))).toMatchObject({ kind: 'not-found' })
  })
})

describe('the last administrator', () => {
  const last = { kind: 'conflict', code: 'access/last-administrator' }

  it('stays enabled, an administrator, and there', async () => {
    expect(await refused(office.changeUser(admin(), { enabled: false }))).toEqual(last)
    expect(await refused(office.changeUser(admin(), { administrator: false }))).toEqual(last)
    expect(await refused(office.removeUser(admin()))).toEqual(last)
    await office.changeUser(admin(), { password: 'another one' })
  })

  it('is not saved by one that is disabled, and is free to go once there is another', async () => {
    const other = await office.createUser({ name: 'root', administrator: true })
    await office.changeUser(other.id, { enabled: false })
    expect(await refused(office.removeUser(admin()))).toEqual(last)
    await office.changeUser(other.id, { enabled: true })
    await office.removeUser(admin())
    expect(await refused(office.removeUser(other.id))).toEqual(last)
  })

  it('does not go when both are asked to go at once', async () => {
    const other = await office.createUser({ name: 'root', administrator: true })
    await Promise.allSettled([office.removeUser(admin()), office.removeUser(other.id)])
    expect([...office.directory.users.values()].filter(({ administrator }) => administrator)).toHaveLength(1)
  })
})

describe('grants', () => {
  async function cast() {
    const [ada, ops, one, five, enterprise] = await Promise.all([
      office.createUser({ name: 'ada' }),
      office.createGroup({ name: 'ops' }),
      office.createPolicy({ name: 'roles', document: role }),
      office.createPolicy({ name: 'identity', document: identity }),
      office.createEnterpriseProject({ name: 'shop' }),
    ])
    return { ada: ada.id, ops: ops.id, one: one.id, five: five.id, shop: enterprise.id, north: handedOut.projectId }
  }
  type Cast = Awaited<ReturnType<typeof cast>>

  it.each<[string, (cast: Cast) => GrantCreate]>([
    ['1.1 to a group', (c) => ({ policy: c.one, group: c.ops })],
    ['1.1 in a project', (c) => ({ policy: c.one, group: c.ops, project: c.north })],
    ['1.1 in an enterprise project', (c) => ({ policy: c.one, group: c.ops, enterpriseProject: c.shop })],
    ['1.1 in the default one', (c) => ({ policy: c.one, group: c.ops, enterpriseProject: '0' })],
    ['5.0 to a user', (c) => ({ policy: c.five, user: c.ada })],
    ['5.0 to a group', (c) => ({ policy: c.five, group: c.ops })],
  ])('may be: %s, but only once', async (_, grant) => {
    const asked = grant(await cast())
    const made = await office.createGrant(asked)
    expect(office.directory.grants.get(made.id)).toEqual({ id: made.id, ...asked })
    expect(await refused(office.createGrant(asked))).toEqual({ kind: 'conflict', code: 'access/already-granted' })
  })

  it.each<[string, (cast: Cast) => GrantCreate, string]>([
    [
      '1.1 in both',
      (c) => ({ policy: c.one, group: c.ops, project: c.north, enterpriseProject: '0' }),
      'enterpriseProject',
    ],
    ['1.1 to a user', (c) => ({ policy: c.one, user: c.ada }), 'user'],
    ['1.1 to nobody', (c) => ({ policy: c.one }), 'group'],
    ['5.0 to both', (c) => ({ policy: c.five, user: c.ada, group: c.ops }), 'group'],
    ['5.0 to nobody', (c) => ({ policy: c.five }), 'user'],
    ['5.0 in a project', (c) => ({ policy: c.five, user: c.ada, project: c.north }), 'project'],
    [
      '5.0 in an enterprise project',
      (c) => ({ policy: c.five, user: c.ada, enterpriseProject: '0' }),
      'enterpriseProject',
    ],
    ['no policy', (c) => ({ policy: noSuch, user: c.ada }), 'policy'],
    ['no group', (c) => ({ policy: c.one, group: noSuch }), 'group'],
    ['no user', (c) => ({ policy: c.five, user: noSuch }), 'user'],
    ['no project', (c) => ({ policy: c.one, group: c.ops, project: noSuch }), 'project'],
    ['no enterprise project', (c) => ({ policy: c.one, group: c.ops, enterpriseProject: noSuch }), 'enterpriseProject'],
  ])('may not be: %s', async (_, grant, field) => {
    const asked = grant(await cast())
    expect(await refused(office.createGrant(asked))).toMatchObject({ kind: 'invalid', field })
  })

  it('of the program’s policies are like others, but the policies stay as they are', async () => {
    const { ada } = await cast()
    for (const { id } of systemPolicies) {
      expect(await refused(office.changePolicy(id, { document: role }))).toMatchObject({ code: 'access/system-policy' })
      expect(await refused(office.removePolicy(id))).toMatchObject({ code: 'access/system-policy' })
    }
    const granted = systemPolicies.filter(({ version }) => version === '5.0')
    expect(granted.length).toBeGreaterThan(0)
    for (const { id } of granted) await office.createGrant({ policy: id, user: ada })
    expect(office.directory.grants.size).toBe(granted.length)
  })

  it('hold what they are about: policy, project and enterprise project', async () => {
    const { ops, one, shop, north } = await cast()
    const used = { kind: 'conflict', code: 'access/in-use' }
    const inProject = await office.createGrant({ policy: one, group: ops, project: north })
    const inDefault = await office.createGrant({ policy: one, group: ops, enterpriseProject: '0' })
    const inEnterprise = await office.createGrant({ policy: one, group: ops, enterpriseProject: shop })
    expect(await refused(office.removePolicy(one))).toEqual(used)
    expect(await refused(office.changePolicy(one, { document: identity }))).toEqual(used)
    expect(await refused(office.removeProject(north, undefined))).toEqual(used)
    expect(await refused(office.removeEnterpriseProject(shop, undefined))).toEqual(used)
    await office.removeGrant(inProject.id)
    await office.removeGrant(inEnterprise.id)
    await office.removeGrant(inDefault.id)
    await office.changePolicy(one, { document: identity })
    await office.removePolicy(one)
    await office.removeProject(north, undefined)
    await office.removeEnterpriseProject(shop, undefined)
    expect(office.directory).toMatchObject({ projects: new Map(), enterpriseProjects: new Map() })
  })
})

it('keeps a project with something in it, and the default enterprise project always', async () => {
  const used = { kind: 'conflict', code: 'access/in-use' }
  expect(await refused(office.removeProject(handedOut.projectId, '2 meshes'))).toEqual(used)
  await expect(office.removeProject(handedOut.projectId, '2 meshes')).rejects.toThrow('there is still 2 meshes')
  const { id } = await office.createEnterpriseProject({ name: 'shop' })
  expect(await refused(office.removeEnterpriseProject(id, '1 mesh'))).toEqual(used)
  expect(await refused(office.removeEnterpriseProject('0', undefined))).toEqual(used)
})

it('refuses a policy that is none, and stores nothing of it', async () => {
  expect(await refused(office.createPolicy({ name: 'bad', document: { Version: '9' } }))).toMatchObject({
    kind: 'invalid',
  })
  const { id } = await office.createPolicy({ name: 'good', document: role })
  expect(await refused(office.changePolicy(id, { document: null }))).toMatchObject({ kind: 'invalid' })
})

it('removes with a user its keys, memberships and grants, and with a group its grants', async () => {
  const ada = await office.createUser({ name: 'ada' })
  const group = await office.createGroup({ name: 'ops' })
  const policy = await office.createPolicy({ name: 'identity', document: identity })
  await office.joinGroup(group.id, ada.id)
  await office.joinGroup(group.id, admin())
  await office.createKey({ user: ada.id })
  await office.createGrant({ policy: policy.id, user: ada.id })
  await office.createGrant({ policy: policy.id, group: group.id })
  await office.removeUser(ada.id)
  expect(office.directory).toMatchObject({ keys: new Map(), users: new Map([[admin(), {}]]) })
  expect([...office.directory.groups.values()]).toMatchObject([{ members: [admin()] }])
  expect([...office.directory.grants.values()]).toMatchObject([{ group: group.id }])
  await office.removeGroup(group.id)
  expect(office.directory).toMatchObject({ groups: new Map(), grants: new Map() })
  expect(await test.stores.directory.read()).toEqual(office.directory)
})

it('makes access keys of the documented form, whose secret is kept sealed', async () => {
  const made = await office.createKey({ user: admin(), description: 'ci' })
  expect(made.access).toMatch(/^[A-Z0-9]{20}$/)
  expect(made.secret).toMatch(/^[A-Za-z0-9]{40}$/)
  const kept = office.directory.keys.get(made.access)
  expect(kept).toMatchObject({ user: admin(), enabled: true, description: 'ci', createdAt: test.time.now })
  expect(JSON.stringify(kept)).not.toContain(made.secret)
})

describe('the generation of a user', () => {
  it('grows with everything that takes a secret or changes what it may do, and with nothing else', async () => {
    const { id } = await office.createUser({ name: 'ada', password: 'first one' })
    const group = (await office.createGroup({ name: 'ops' })).id
    const roles = (await office.createPolicy({ name: 'roles', document: role })).id
    const grows = async (work: () => Promise<unknown>): Promise<boolean> => {
      const before = generation(id) ?? 0
      await work()
      const after = generation(id) ?? 0
      expect(after === before || after === before + 1).toBe(true)
      return after > before
    }
    let access = ''
    let grant = ''
    const story: readonly (readonly [string, boolean, () => Promise<unknown>])[] = [
      ['password', true, () => office.changeUser(id, { password: 'second one' })],
      ['nothing', false, () => office.changeUser(id, {})],
      ['as it was', false, () => office.changeUser(id, { enabled: true, administrator: false })],
      ['administrator', true, () => office.changeUser(id, { administrator: true })],
      ['no administrator', true, () => office.changeUser(id, { administrator: false })],
      ['disabled', true, () => office.changeUser(id, { enabled: false })],
      ['enabled', true, () => office.changeUser(id, { enabled: true })],
      ['a key more', false, async () => ({ access } = await office.createKey({ user: id }))],
      ['key disabled', true, () => office.changeKey(access, { enabled: false })],
      ['key disabled again', false, () => office.changeKey(access, { enabled: false })],
      ['key enabled', false, () => office.changeKey(access, { enabled: true })],
      ['key removed', true, () => office.removeKey(access)],
      ['joined', true, () => office.joinGroup(group, id)],
      ['joined again', false, () => office.joinGroup(group, id)],
      ['granted', true, async () => ({ id: grant } = await office.createGrant({ policy: roles, group }))],
      ['policy rewritten', true, () => office.changePolicy(roles, { document: role })],
      ['somebody else', false, () => office.changeUser(admin(), { password: 'another one' })],
      ['grant taken back', true, () => office.removeGrant(grant)],
      ['policy of nobody', false, () => office.changePolicy(roles, { document: role })],
      ['left', true, () => office.leaveGroup(group, id)],
      ['joined for the end', true, () => office.joinGroup(group, id)],
      ['group removed', true, () => office.removeGroup(group)],
    ]
    for (const [what, expected, work] of story) expect([what, await grows(work)]).toEqual([what, expected])
  })
})

it('shows nothing that is not stored', async () => {
  const { directory } = test.stores
  const broken = await test.again({
    ...test.stores,
    directory: { ...directory, write: () => Promise.reject(new Error('disk full')) },
  })
  await expect(broken.office.createUser({ name: 'ada' })).rejects.toThrow('disk full')
  expect([...broken.office.directory.users.values()].map(({ name }) => name)).toEqual(['admin'])
  await door.office.createUser({ name: 'ada' })
  expect([...(await test.again()).office.directory.users.values()].map(({ name }) => name)).toEqual(['admin', 'ada'])
})
