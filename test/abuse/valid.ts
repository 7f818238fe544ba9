/** Requests that should succeed: shapes from the description, and on top of them the rules that no schema can say. */

import type { Api, Operation } from './api.ts'
import type { Dice } from './dice.ts'
import { fitting } from './fitting.ts'
import type { Json, Known, Thing } from './known.ts'

export interface World {
  readonly api: Api
  readonly dice: Dice
  readonly known: Known
  readonly fresh: () => string
  /** The project of the administrator, and the cluster in it that a mesh can be made of. */
  readonly home: string
  readonly cluster: string
  /** How a log-in is written that is good. */
  readonly login: Json
  /** The administrator's. */
  readonly token: string
  /** What `describeUpgrade` said last, by upgrade. */
  readonly described: Map<string, Json>
}

export interface Asked {
  readonly operation: Operation
  readonly project: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Json
  /** A token knows one project, a key all of them; some routes want a token. */
  readonly by: 'token' | 'key' | 'either' | 'nobody'
}

type Change = Partial<Omit<Asked, 'operation'>>

/** Undefined when the world has nothing to ask this about. */
export function valid(operation: Operation, world: World): Asked | undefined {
  const { api, dice, home } = world
  const parts = { api, dice, fresh: world.fresh, known: (member: string) => idsOf(member, world) }
  const query: Record<string, string> = {}
  const params: Record<string, string> = { project_id: home }
  for (const { name, in: where, required, schema } of operation.parameters) {
    if (name === 'project_id' || where === 'header') continue
    if (where === 'query' && required !== true && dice.chance(0.6)) continue
    const value = fitting(schema, name, parts)
    if (typeof value === 'string') (where === 'path' ? params : query)[name] = value
    else if (where === 'path') return undefined
  }
  const plain: Asked = {
    operation,
    project: home,
    params,
    query,
    headers: {},
    by: 'either',
    ...(operation.body === undefined ? {} : { body: fitting(operation.body, '', parts) }),
  }
  const change = rules[operation.id]
  if (!change) return plain
  const changed = change(plain, world)
  return changed && { ...plain, ...changed }
}

function idsOf(member: string, { known, home }: World): readonly string[] | undefined {
  const ids = (things: readonly Thing[]): readonly string[] => things.map(({ id }) => id)
  const name = member.replace(/_id$/, '')
  if (
    name === 'user' ||
    name === 'group' ||
    name === 'policy' ||
    name === 'grant' ||
    name === 'mesh' ||
    name === 'cluster'
  )
    return ids(known.of(name))
  if (member === 'project') return [...ids(known.of('project')), home]
  if (name === 'enterprise_project' || name === 'enterpriseProject') return ids(known.of('enterprise project'))
  if (name === 'access') return ids(known.of('key'))
  if (name === 'mesh_upgrade' || name === 'job') return ids(known.of('upgrade'))
  if (member === 'meshId') return ids(known.of('mesh'))
  if (member === 'targetVersion') return ['1.31', 'v1.31.1']
  if (member === 'action') return ['asm:mesh:get', 'asm:mesh:upgrade', 'meshlift:upgrade:plan']
  if (member === 'version') return []
  return undefined
}

const documents = {
  '1.1': { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:list', 'asm:mesh:get'] }] },
  '5.0': { Version: '5.0', Statement: [{ Sid: 'read', Effect: 'Allow', Action: ['asm:mesh:get'] }] },
}

const picked = <T>(from: readonly T[], { dice }: World): T | undefined =>
  from.length === 0 ? undefined : dice.pick(from)

/** Hashing one takes 30 ms, so few have one. */
const seldomPassword = ({ body }: Asked, { dice }: World): Change => {
  const { password: _, ...rest } = body
  return { body: dice.chance(0.05) ? body : rest }
}

/** In the project that it was made in, which a token may not be for. */
const whereMade = (thing: Thing | undefined, name: string, { home }: World): Change | undefined =>
  thing && {
    project: thing.project,
    params: { project_id: thing.project, [name]: thing.id },
    by: thing.project === home ? 'either' : 'key',
  }

const rules: Readonly<Record<string, (asked: Asked, world: World) => Change | undefined>> = {
  createToken: (_, { login }) => ({ body: login, by: 'nobody' }),
  checkToken: (_, { token }) => ({ headers: { 'x-subject-token': token } }),
  createTemporaryKey: () => ({ body: { auth: { identity: { methods: ['token'] } } }, by: 'token' }),
  createUser: seldomPassword,
  changeUser: seldomPassword,
  createPolicy: ({ body }, { dice }) => ({
    body: { ...body, document: documents[dice.pick(['1.1', '5.0'] as const)] },
  }),
  changePolicy(_, world) {
    const policy = picked(world.known.of('policy'), world)
    const version: '1.1' | '5.0' = policy?.value.version
    return policy && { params: { policy_id: policy.id }, body: { document: documents[version] } }
  },
  removePolicy(_, world) {
    const granted = new Set(world.known.of('grant').map(({ value }) => value.policy))
    const policy = picked(
      world.known.of('policy').filter(({ id }) => !granted.has(id)),
      world,
    )
    return policy && { params: { policy_id: policy.id } }
  },
  createGrant(_, world) {
    const { dice, known, home } = world
    const [policy, group, user] = [
      picked(known.of('policy'), world),
      picked(known.of('group'), world),
      picked(known.of('user'), world),
    ]
    if (!policy || !group || !user) return undefined
    if (policy.value.version === '1.1')
      return { body: { policy: policy.id, group: group.id, ...(dice.chance(0.5) ? { project: home } : {}) } }
    return { body: { policy: policy.id, ...(dice.chance(0.5) ? { user: user.id } : { group: group.id }) } }
  },
  leaveGroup(_, world) {
    const group = picked(
      world.known.of('group').filter(({ value }) => value.members.length > 0),
      world,
    )
    return group && { params: { group_id: group.id, user_id: world.dice.pick(group.value.members as string[]) } }
  },
  removeProject(_, world) {
    const used = new Set(world.known.of('cluster').map(({ project }) => project))
    const project = picked(
      world.known.of('project').filter(({ id }) => !used.has(id)),
      world,
    )
    return project && { params: { project: project.id } }
  },
  explain: ({ body }, { home }) => (body.user === undefined ? undefined : { body: { ...body, project: home } }),
  createKey: ({ body }) => (body.user === undefined ? undefined : {}),
  listAudit: ({ query }, { dice }) => ({ query: { ...query, limit: dice.pick(['1', '5', '20']) } }),
  addCluster({ body }, world) {
    const { name } = body
    const project = picked([world.home, ...world.known.of('project').map(({ id }) => id)], world) ?? world.home
    return {
      body: { name: name.toLowerCase(), kubeconfig: `/nowhere/${name}` },
      project,
      params: { project_id: project },
      by: project === world.home ? 'either' : 'key',
    }
  },
  getCluster: (_, world) => whereMade(picked(world.known.of('cluster'), world), 'cluster_id', world),
  testCluster: (_, world) => whereMade(picked(world.known.of('cluster'), world), 'cluster_id', world),
  removeCluster: (_, world) => whereMade(picked(world.known.of('cluster'), world), 'cluster_id', world),
  moveMesh({ params }, world) {
    const enterpriseProject = picked(['0', ...world.known.of('enterprise project').map(({ id }) => id)], world)
    return params['mesh_id'] === undefined ? undefined : { body: { enterpriseProject } }
  },
  checkMesh: ({ body }) => (body.mesh === undefined ? undefined : {}),
  CreateMesh({ body }, { known, cluster }) {
    if (known.of('mesh').length > 0) return undefined
    const { tags: _tags, version: _version, extendParams: _params, ...spec } = body.spec
    const nodes = { fieldSelector: { key: 'UID', operator: 'In', values: [] } }
    const { name, labels } = body.metadata
    return {
      body: {
        ...body,
        metadata: { name, ...(labels === undefined ? {} : { labels }) },
        spec: { ...spec, extendParams: { clusters: [{ clusterID: cluster, installation: { nodes } }] } },
      },
    }
  },
  CreateCanaryUpgrade: ({ body }, { known }) =>
    body.spec.meshId === undefined || known.of('upgrade').some(({ value }) => unfinished(value)) ? undefined : {},
  UpdateCanaryUpgrade(_, world) {
    const upgrade = picked(
      world.known.of('upgrade').filter(({ id }) => world.described.get(id)?.accepts.length > 0),
      world,
    )
    if (!upgrade) return undefined
    const { kind, apiVersion, metadata, spec } = upgrade.value
    const accepted: readonly Json[] = world.described.get(upgrade.id).accepts
    // After it there is no way back, and no next upgrade from here on.
    const currentStep = picked(
      accepted.filter(({ name }) => name !== 'PostUpgrade'),
      world,
    )
    return (
      currentStep && {
        params: { project_id: world.home, mesh_upgrade_id: upgrade.id },
        body: { kind, apiVersion, metadata: { name: metadata.name }, spec: { ...spec, currentStep } },
      }
    )
  },
  DeleteCanaryUpgrade: (_, world) => ofUpgrade('mayDelete', world),
  // Later it would leave two control planes, and a mesh that cannot be taken over again.
  abandonUpgrade: (_, world) => ofUpgrade('mayAbandon', world, ({ step }) => step === 'PreCheck'),
  DeleteMesh: ({ params }, { known }) =>
    params['mesh_id'] === undefined || known.of('upgrade').some(({ value }) => unfinished(value)) ? undefined : {},
}

const unfinished = (upgrade: Json): boolean =>
  !['Success', 'RolledBack', 'Cancel', 'Failed'].includes(upgrade.status?.state)

function ofUpgrade(
  may: 'mayDelete' | 'mayAbandon',
  world: World,
  also: (described: Json) => boolean = () => true,
): Change | undefined {
  const upgrade = picked(
    world.known.of('upgrade').filter(({ id }) => {
      const described = world.described.get(id)
      return described?.[may] === true && also(described)
    }),
    world,
  )
  return upgrade && { params: { project_id: world.home, mesh_upgrade_id: upgrade.id } }
}
