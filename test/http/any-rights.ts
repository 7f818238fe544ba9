/** A running server with two projects, three meshes and an upgrade, where anybody may be given anything. */

import type { Named } from '../../src/access/caller.ts'
import type { Directory } from '../../src/access/directory/directory.ts'
import type { Resource } from '../../src/access/permission.ts'
import { signatureHeaders } from '../../src/client/signed.ts'
import type { Route } from '../../src/contract/route.ts'
import type { RouteName } from '../../src/contract/routes.ts'
import { projects, users } from '../policy/arbitraries.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { bent, meshBody, upgradeBody } from './samples.ts'

/** Users, groups and projects as the generator has them, under the ids that a real server gave them. */
export interface Setting {
  readonly at: Harness
  readonly idOf: ReadonlyMap<string, string>
  readonly keys: ReadonlyMap<string, { readonly accessKey: string; readonly secretKey: string }>
  /** Of the mesh `blue`: its control plane has been upgraded. */
  readonly upgrade: string
  /** Of the project of `blue`. */
  readonly cluster: string
}

export const home = { blue: 'p1', black: 'p1', red: 'p2' } as const
export type MeshId = keyof typeof home
export const meshIds = Object.keys(home) as MeshId[]

export interface MeshFacts {
  readonly enterpriseProject: string
  readonly tags: Readonly<Record<string, string>>
}
export type Meshes = Readonly<Record<MeshId, MeshFacts>>

export async function begin(): Promise<Setting> {
  const at = await harness()
  const { office } = at.parts.access
  const idOf = new Map<string, string>([['d0', office.directory.domain.id]])
  const keys = new Map<string, { readonly accessKey: string; readonly secretKey: string }>()
  const keep = (id: string, { id: real }: Named) => idOf.set(id, real)
  for (const { id, name } of projects) keep(id, await office.createProject({ name }))
  keep('e1', await office.createEnterpriseProject({ name: 'shop' }))
  for (const group of ['g1', 'g2']) keep(group, await office.createGroup({ name: group }))
  for (const { id, name } of users) {
    const user = await office.createUser({ name })
    keep(id, user)
    const { access: accessKey, secret: secretKey } = await office.createKey({ user: user.id })
    keys.set(id, { accessKey, secretKey })
    await office.joinGroup(idOf.get('g1') ?? '', user.id)
  }
  await office.joinGroup(idOf.get('g2') ?? '', idOf.get('u1') ?? '')
  for (const id of meshIds) {
    const record = {
      id: `cluster-${id}`,
      name: id,
      project: idOf.get(home[id]) ?? '',
      kubeconfig: `/${id}`,
      createdAt: 0,
    }
    await at.parts.registry.addCluster(record)
  }
  const setting = { at, idOf, keys, upgrade: '', cluster: 'cluster-blue' }
  await plant(setting, { blue: plain, black: plain, red: plain })
  const project = idOf.get('p1') ?? ''
  const blue = await at.parts.registry.mesh(project, 'blue')
  if (!blue) throw new Error('There is no mesh.')
  const { upgrades } = at.parts
  const { signal } = new AbortController()
  const { metadata } = await upgrades.create(project, blue, upgradeBody('blue'), signal)
  const settled = async (): Promise<void> => {
    for (;;) {
      const { phase } = (await upgrades.get(project, metadata.uid)).status.currentStep
      if (phase === 'Success') return
      await at.round()
    }
  }
  await settled()
  await upgrades.put(project, metadata.uid, stepBody('ControlPlaneUpgrade', 'Execute', '1.31.0'), () => undefined)
  await settled()
  return { ...setting, upgrade: metadata.uid }
}

export const plain: MeshFacts = { enterpriseProject: '0', tags: {} }

/** Straight into the registry: what a mesh is called and tagged is then the generator's to say. */
export async function plant({ at, idOf }: Setting, meshes: Meshes): Promise<void> {
  const { registry } = at.parts
  for (const id of meshIds) {
    const project = idOf.get(home[id]) ?? ''
    if (await registry.mesh(project, id)) await registry.removeMesh(project, id)
    const spec = meshBody(`cluster-${id}`)
    const { enterpriseProject } = meshes[id]
    const written = Object.entries(meshes[id].tags).map(([key, value]) => ({ key, value }))
    await registry.addMesh({
      id,
      project,
      name: `mesh-${id}`,
      spec: { ...spec, metadata: { name: `mesh-${id}` }, spec: { ...spec.spec, tags: written } },
      version: '1.30.2',
      clusterIds: [`cluster-${id}`],
      phase: 'Running',
      enterpriseProject: idOf.get(enterpriseProject) ?? enterpriseProject,
      createdAt: 0,
      updatedAt: 0,
    })
  }
}

const stepBody = (name: string, action: string, targetVersion: string) =>
  bent(
    bent(upgradeBody('blue'), 'spec.currentStep', { name, action }),
    'spec.targetVersion',
    targetVersion,
  ) as ReturnType<typeof upgradeBody>

/** What is asked for, and what the reading is asked about it. A request that is let through is refused by its contents. */
export interface Case {
  readonly route: RouteName
  readonly path?: string
  readonly body?: unknown
  readonly also?: readonly string[]
  readonly about: readonly Resource[]
}

export function casesOf({ cluster, idOf }: Setting, mesh: MeshId, meshes: Meshes): readonly Case[] {
  const facts = meshes[mesh]
  const enterpriseProject = idOf.get(facts.enterpriseProject) ?? facts.enterpriseProject
  const one: Resource = { type: 'mesh', id: mesh, enterpriseProject, tags: facts.tags }
  const about = [one]
  const elsewhere = enterpriseProject === '0' ? (idOf.get('e1') ?? '') : '0'
  const written = Object.entries(facts.tags).map(([key, value]) => ({ key, value }))
  const made = bent(bent(meshBody('no-cluster'), 'spec.tags', written), 'metadata.annotations', {
    'meshlift.io/enterprise-project': enterpriseProject,
  })
  const ofMesh: readonly Case[] = [
    { route: 'getMesh', about },
    { route: 'deleteMesh', about },
    { route: 'createMesh', body: made, about: [{ ...one, id: '*' }] },
    {
      route: 'moveMesh',
      body: { enterpriseProject: elsewhere },
      about: [one, { ...one, enterpriseProject: elsewhere }],
    },
    { route: 'checkMesh', body: { mesh, targetVersion: '1.12.0' }, about },
    { route: 'createUpgrade', body: bent(upgradeBody(mesh), 'spec.targetVersion', '1.12.0'), about },
    { route: 'listUpgrades', path: `?mesh=${mesh}`, about },
  ]
  if (mesh !== 'blue') return ofMesh
  const steps = [
    ['PreCheck', 'Execute', 'meshlift:upgrade:plan'],
    ['DataPlaneUpgrade', 'Execute', 'meshlift:upgrade:execute'],
    ['PostUpgrade', 'Execute', 'meshlift:upgrade:finish'],
    ['ControlPlaneUpgrade', 'Rollback', 'meshlift:upgrade:rollback'],
  ] as const
  const clusters: readonly Resource[] = [{ type: 'cluster', id: cluster }]
  return [
    ...ofMesh,
    ...steps.map(([name, action, also]): Case => {
      return { route: 'updateUpgrade', body: stepBody(name, action, '1.12.0'), also: [also], about }
    }),
    ...(['getUpgrade', 'getJob', 'describeUpgrade', 'listFindings', 'listNotes', 'deleteUpgrade'] as const).map(
      (route): Case => ({ route, about }),
    ),
    { route: 'getCluster', about: clusters },
    { route: 'testCluster', about: clusters },
  ]
}

/** The policies and grants of a generated directory, given by the office of a running server; and how they are taken back. */
export async function grant({ at, idOf }: Setting, { policies, grants }: Directory): Promise<() => Promise<void>> {
  const { office } = at.parts.access
  const real = new Map<string, string>()
  for (const { id, name, document } of policies.values()) {
    const text = JSON.stringify(document).replaceAll(/"(u[12]|e1)"|:(d0):/g, (found, quoted: string, domain: string) =>
      quoted === undefined ? `:${idOf.get(domain)}:` : `"${idOf.get(quoted)}"`,
    )
    real.set(id, (await office.createPolicy({ name, document: JSON.parse(text) as unknown })).id)
  }
  const wanted = new Map(
    [...grants.values()].map(({ policy, ...rest }) => {
      const whom = Object.entries(rest).filter(([member]) => member !== 'id')
      const asked = {
        policy: real.get(policy) ?? policy,
        ...Object.fromEntries(whom.map(([k, v]) => [k, idOf.get(v) ?? v])),
      }
      return [JSON.stringify(asked), asked]
    }),
  )
  const given: string[] = []
  for (const asked of wanted.values()) given.push((await office.createGrant(asked)).id)
  return async () => {
    for (const id of given) await office.removeGrant(id)
    for (const id of real.values()) await office.removePolicy(id)
  }
}

/** A request signed by one of the two users. */
export async function ask(
  { at, keys }: Setting,
  user: string,
  project: string,
  route: Route,
  asked: { path: string; body?: unknown },
) {
  const key = keys.get(user)
  if (!key) throw new Error(`${user} has no key.`)
  const body = asked.body === undefined ? '' : JSON.stringify(asked.body)
  const signed = signatureHeaders(
    { ...key, projectId: project, now: () => at.parts.now() },
    { method: route.method, target: asked.path, body },
  )
  // Signed in the same second, the same request would be a replay, and the answer the one of before.
  at.tick(1000)
  return at.ask(route.method, asked.path, asked.body, { ...signed, 'x-auth-token': undefined })
}
