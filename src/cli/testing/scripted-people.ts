/** Users, groups, projects and policies that do as they are told; for tests of commands. */

import type { Group, Policy, User } from '../../contract/iam.ts'
import { Refusal } from './scripted-server.ts'
import type { Script } from './scripted-server.ts'
import { shop } from './scripted-upgrade.ts'

const createdAt = '2026-11-22T10:00:00Z'

const user = (id: string, name: string, more: Partial<User> = {}): User => ({
  id,
  name,
  enabled: true,
  administrator: false,
  password: true,
  createdAt,
  ...more,
})

export const secretKey = 'shown-once-and-never-again'

const policy = (id: string, name: string, version: '1.1' | '5.0', system = false): Policy => ({
  id,
  name,
  system,
  version,
  document: { Version: version, Statement: [{ Effect: 'Allow', Action: ['asm:mesh:get'] }] },
})

/** `ada` (u1, in group `ops` g1, with a key), `grace` (u2), and two of one name: `twin` (u3, u4). */
export function scriptedPeople(): Script {
  const users = [
    user('u0', 'admin', { administrator: true }),
    user('u1', 'ada'),
    user('u2', 'grace', { enabled: false, password: false }),
    user('u3', 'twin'),
    user('u4', 'twin'),
  ]
  const groups: readonly Group[] = [{ id: 'g1', name: 'ops', members: ['u1'] }]
  const policies = [policy('y0', 'everything', '1.1', true), policy('y1', 'planners', '5.0')]
  const grants = [
    { id: 'r1', policy: 'y0', group: 'g1', project: 'p1' },
    { id: 'r2', policy: 'y1', user: 'u2' },
  ]
  const key = { access: 'QTWAOYTTINDUT2QVKYUC', user: 'u1', enabled: true, description: 'nightly', createdAt }
  const byId = <T extends { readonly id: string }>(items: readonly T[], id: string): T | Refusal =>
    items.find((one) => one.id === id) ?? new Refusal(404, 'test/unknown', `There is no ${id}.`)
  return {
    listUsers: () => ({ items: users }),
    createUser: ({ body }) =>
      user('u9', body.name, { administrator: body.administrator === true, password: body.password !== undefined }),
    changeUser: ({ params, body }) => {
      const found = byId(users, params.user_id)
      return found instanceof Refusal ? found : { ...found, enabled: body.enabled ?? found.enabled }
    },
    removeUser: ({ params }) => byId(users, params.user_id),
    listGroups: () => ({ items: groups }),
    createGroup: ({ body }) => ({ id: 'g9', name: body.name, members: [] }),
    removeGroup: ({ params }) => byId(groups, params.group_id),
    joinGroup: ({ params }) => byId(groups, params.group_id),
    leaveGroup: ({ params }) => byId(groups, params.group_id),
    listProjects: () => ({ items: [{ id: 'p1', name: 'default' }] }),
    createProject: ({ body }) => ({ id: 'p9', name: body.name }),
    removeProject: ({ params }) => byId([{ id: 'p1', name: 'default' }], params.project),
    listEnterpriseProjects: () => ({
      items: [
        { id: '0', name: 'default' },
        { id: 'e1', name: 'retail' },
      ],
    }),
    createEnterpriseProject: ({ body }) => ({ id: 'e9', name: body.name }),
    removeEnterpriseProject: ({ params }) => ({ id: params.enterprise_project_id, name: 'retail' }),
    createKey: () => ({ access: key.access, secret: secretKey }),
    listKeys: ({ query }) => ({ items: [key].filter((one) => (query['user'] ?? one.user) === one.user) }),
    changeKey: ({ body }) => ({ ...key, enabled: body.enabled }),
    removeKey: () => key,
    listPolicies: () => ({ items: policies }),
    getPolicy: ({ params }) => byId(policies, params.policy_id),
    createPolicy: ({ body }) => ({ ...policy('y9', body.name, '5.0'), document: body.document }),
    changePolicy: ({ params, body }) => {
      const found = byId(policies, params.policy_id)
      return found instanceof Refusal ? found : { ...found, document: body.document }
    },
    removePolicy: ({ params }) => byId(policies, params.policy_id),
    listGrants: () => ({ items: grants }),
    createGrant: ({ body }) => ({ id: 'r9', ...body }),
    removeGrant: ({ params }) => byId(grants, params.grant_id),
    listMeshes: () => ({ kind: 'MeshList', apiVersion: 'v1', items: [shop] }),
  }
}
