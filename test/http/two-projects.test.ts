import { beforeAll, describe, expect, it } from 'vitest'
import { signatureHeaders } from '../../src/client/signed.ts'
import type { Route } from '../../src/contract/route.ts'
import { routes } from '../../src/contract/routes.ts'
import type { RouteName } from '../../src/contract/routes.ts'
import { login } from '../../src/client/login.ts'
import { handOut, harness } from './harness.ts'
import type { Answered, Harness } from './harness.ts'
import { bent, meshBody, upgradeBody } from './samples.ts'

/** A project with everything that one can have, and somebody who may do everything in it and nothing elsewhere. */
interface Side {
  readonly project: string
  readonly mesh: string
  readonly cluster: string
  readonly upgrade: string
  readonly token: string
  readonly administratorToken: string
  readonly key: { readonly accessKey: string; readonly secretKey: string }
  /** In the names of all that is in it, and in no id. */
  readonly word: string
}

async function side(at: Harness, word: string): Promise<Side> {
  const { office } = at.parts.access
  const { id: project } = await office.createProject({ name: `project-${word}` })
  const where = { baseUrl: 'http://in-process', fetch: at.fetch }
  const user = await office.createUser({ name: `user-${word}`, password: handOut.password })
  const group = await office.createGroup({ name: `group-${word}` })
  await office.joinGroup(group.id, user.id)
  await office.createGrant({ policy: 'asm-full-access-1', group: group.id, project })
  const { access: accessKey, secret: secretKey } = await office.createKey({ user: user.id })
  const { token } = await login(where, { ...handOut, user: user.name, projectId: project })
  const { token: administratorToken } = await login(where, { ...handOut, projectId: project })
  const make = async (path: string, body: unknown): Promise<Answered> => {
    const made = await at.ask('POST', path, body, { 'x-auth-token': administratorToken })
    expect(made.status).toBe(201)
    return made
  }
  const added = await make(`/meshlift/v1/${project}/clusters`, { name: `cluster-${word}`, kubeconfig: `/${word}.yaml` })
  const cluster = added.body.id as string
  const tags = [{ key: 'owner', value: word }]
  const body = bent(bent(meshBody(cluster), 'metadata.name', `mesh-${word}`), 'spec.tags', tags)
  const mesh = (await make(`/v1/${project}/meshes`, body)).body.metadata.uid as string
  const asked = bent(upgradeBody(mesh), 'metadata.name', `upgrade-${word}`)
  const upgrade = (await make(`/v1/${project}/mesh-upgrade`, asked)).body.metadata.uid as string
  return { project, mesh, cluster, upgrade, token, administratorToken, key: { accessKey, secretKey }, word }
}

/** What everybody of this side can see of it, so that a write from the other side would show. */
async function stateOf(at: Harness, { project, upgrade }: Side): Promise<unknown> {
  const { registry, upgrades } = at.parts
  return {
    meshes: await registry.meshes(project),
    clusters: await registry.clusters(project),
    upgrades: await upgrades.list(project, {
      meshes: (await registry.meshes(project)).map(({ id }) => id),
      limit: 100,
    }),
    upgrade: await upgrades.describe(project, upgrade),
    notes: await upgrades.notes(project, upgrade, 0, 1000),
  }
}

/** A row for every route: how the other side's things are asked for from one's own project, and what comes of it. */
interface Row {
  readonly body?: (other: Side) => unknown
  readonly query?: (other: Side) => string
  /** `lists`: what is there is one's own. Else the status; 201 names nothing of the other side. */
  readonly gets: 404 | 400 | 201 | 'lists'
}
/** Not in a project: who may ask is all that is judged. */
const outside = 'outside'

const step = (other: Side) =>
  bent(upgradeBody(other.mesh), 'spec.currentStep', { name: 'ControlPlaneUpgrade', action: 'Execute' })

// A new route without a row does not compile.
const rows: Readonly<Record<RouteName, Row | typeof outside>> = {
  createUpgrade: { body: ({ mesh }) => upgradeBody(mesh), gets: 404 },
  getUpgrade: { gets: 404 },
  updateUpgrade: { body: step, gets: 404 },
  deleteUpgrade: { gets: 404 },
  getJob: { gets: 404 },
  createMesh: { body: ({ cluster }) => meshBody(cluster), gets: 400 },
  listMeshes: { gets: 'lists' },
  getMesh: { gets: 404 },
  deleteMesh: { gets: 404 },

  // Only an administrator asks these; it is one who is logged in to the other project.
  addCluster: { body: () => ({ name: 'one-more', kubeconfig: '/one-more.yaml' }), gets: 201 },
  removeCluster: { gets: 404 },
  listClusters: { gets: 'lists' },
  getCluster: { gets: 404 },
  testCluster: { gets: 404 },
  moveMesh: { body: () => ({ enterpriseProject: '0' }), gets: 404 },
  checkMesh: { body: ({ mesh }) => ({ mesh, targetVersion: '1.31.0' }), gets: 404 },
  listUpgrades: { gets: 'lists' },
  describeUpgrade: { gets: 404 },
  planUpgrade: { gets: 404 },
  listFindings: { gets: 404 },
  listNotes: { gets: 404 },
  abandonUpgrade: { gets: 404 },

  createToken: outside,
  checkToken: outside,
  createTemporaryKey: outside,
  createUser: outside,
  listUsers: outside,
  changeUser: outside,
  removeUser: outside,
  createGroup: outside,
  listGroups: outside,
  removeGroup: outside,
  joinGroup: outside,
  leaveGroup: outside,
  createProject: outside,
  listProjects: outside,
  removeProject: outside,
  createEnterpriseProject: outside,
  listEnterpriseProjects: outside,
  removeEnterpriseProject: outside,
  createKey: outside,
  listKeys: outside,
  changeKey: outside,
  removeKey: outside,
  createPolicy: outside,
  listPolicies: outside,
  getPolicy: outside,
  changePolicy: outside,
  removePolicy: outside,
  createGrant: outside,
  listGrants: outside,
  removeGrant: outside,
  explain: outside,
  listAudit: outside,
  verifyAudit: outside,
}
const all = (Object.entries(rows) as [RouteName, Row | typeof outside][]).map(
  ([name, row]) => [name, row, routes[name]] as [RouteName, Row | typeof outside, Route],
)
const inside = all.filter((one): one is [RouteName, Row, Route] => one[1] !== outside)

const pathOf = ({ path }: Route, project: string, other: Side): string => {
  const names: Readonly<Record<string, string>> = {
    project_id: project,
    mesh_id: other.mesh,
    mesh_upgrade_id: other.upgrade,
    job_id: other.upgrade,
    cluster_id: other.cluster,
  }
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? name)
}

let at: Harness
let sides: readonly [Side, Side]
beforeAll(async () => {
  at = await harness()
  sides = [await side(at, 'apple'), await side(at, 'pear')]
})

describe.each([
  ['one', 0, 1],
  ['the other', 1, 0],
] as const)('from %s of two projects', (_, from, to) => {
  it.each(inside)('%s reads and writes nothing of the other', async (name, row, route) => {
    const [mine, other] = [sides[from], sides[to]]
    const before = await stateOf(at, other)
    const body = row.body?.(other)
    const token = route.needs === 'administrator' ? mine.administratorToken : mine.token
    const ask = (path: string, headers: Readonly<Record<string, string | undefined>>) =>
      at.ask(route.method, path, body, headers)

    const own = await ask(pathOf(route, mine.project, other), { 'x-auth-token': token })
    expect([name, own.status]).toEqual([name, row.gets === 'lists' ? 200 : row.gets])
    expect(JSON.stringify(own.body)).not.toContain(other.word)

    // Through the front door of the other project, with what is good for one's own.
    const there = pathOf(route, other.project, other)
    const byToken = await ask(there, { 'x-auth-token': token })
    const sent = body === undefined ? '' : JSON.stringify(body)
    const signing = { ...mine.key, projectId: other.project, now: () => at.parts.now() }
    const signed = signatureHeaders(signing, { method: route.method, target: there, body: sent })
    const byKey = await ask(there, { ...signed, 'x-auth-token': undefined })
    for (const { status, body: said } of [byToken, byKey]) {
      expect([name, status]).toEqual([name, 403])
      expect(JSON.stringify(said)).not.toContain(other.word)
    }
    expect(await stateOf(at, other)).toEqual(before)
  })

  it.each(inside.filter(([, { gets }]) => gets === 'lists'))('%s has all of what is there', async (_, __, route) => {
    const [mine, other] = [sides[from], sides[to]]
    const listed = await at.ask(route.method, pathOf(route, mine.project, other), undefined, {
      'x-auth-token': mine.token,
    })
    expect(listed.body.items.length).toBeGreaterThan(0)
    expect(JSON.stringify(listed.body)).toContain(mine.word)
  })
})

it('what is outside of projects names none, and is for administrators, for oneself, or for whoever logs in', () => {
  const others = all.filter(([, row]) => row === outside)
  for (const [name, , { path, needs }] of others) {
    expect([name, path]).not.toEqual([name, expect.stringContaining('{project_id}')])
    const iam = path.startsWith('/meshlift/v1/iam/')
    expect([name, needs === 'administrator']).toEqual([name, iam])
  }
  expect(inside.length + others.length).toBe(Object.keys(routes).length)
})
