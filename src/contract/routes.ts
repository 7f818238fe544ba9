/**
 * Every route there is: the server registers this table, the client is made from it. `{braces}` name path parameters.
 * `family` decides how refusals look: `asm` as documented for the service, `iam` for tokens, `ours` below /meshlift/v1/.
 */

import type { TSchema } from 'typebox'
import { Type } from 'typebox'
import {
  CheckReport,
  CheckRequest,
  Cluster,
  ClusterCreate,
  ClusterList,
  ClusterTest,
  NoteList,
  NoteListQuery,
  UpgradeDetail,
  UpgradeList,
  UpgradeListQuery,
  UpgradePlan,
} from './extensions.ts'
import { Job } from './jobs.ts'
import { Mesh, MeshCreate, MeshList } from './meshes.ts'
import type { Shape } from './shape.ts'
import { TokenAnswer, TokenRequest } from './tokens.ts'
import { MeshUpgrade, UpgradeCreate, UpgradeUpdate } from './upgrades.ts'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly family: 'asm' | 'iam' | 'ours'
  /** What a caller must be allowed to do. Absent: nobody needs to be known. */
  readonly action?: string
  readonly query?: TSchema
  readonly body?: TSchema
  /** Status of success. */
  readonly status: 200 | 201
  readonly answer: TSchema
  /** Answers carry an ETag and honour If-None-Match, so that waiting for a change costs no body. */
  readonly etag?: true
}

const upgrade = '/v1/{project_id}/mesh-upgrade/{mesh_upgrade_id}'
const mesh = '/v1/{project_id}/meshes/{mesh_id}'
const ours = '/meshlift/v1/{project_id}'

// Reading a task needs the write action: documented so, surprising as it is (asm-api Q26).
const upgrading = { family: 'asm', action: 'asm:mesh:upgrade', status: 200, answer: MeshUpgrade } as const

export const routes = {
  createToken: {
    method: 'POST',
    path: '/v3/auth/tokens',
    family: 'iam',
    query: Type.Object({ nocatalog: Type.Optional(Type.String()) }),
    body: TokenRequest,
    status: 201,
    answer: TokenAnswer,
  },

  createUpgrade: {
    ...upgrading,
    method: 'POST',
    path: '/v1/{project_id}/mesh-upgrade',
    body: UpgradeCreate,
    status: 201,
  },
  getUpgrade: { ...upgrading, method: 'GET', path: upgrade, etag: true },
  updateUpgrade: { ...upgrading, method: 'PUT', path: upgrade, body: UpgradeUpdate },
  deleteUpgrade: { ...upgrading, method: 'DELETE', path: upgrade },
  /** The id of a job, of a subjob, or of an upgrade: the last gives a root with one subjob a started step. */
  getJob: {
    method: 'GET',
    path: '/v1/{project_id}/mesh-job/{job_id}',
    family: 'asm',
    action: 'asm:mesh:getUpgradeJob',
    status: 200,
    answer: Job,
    etag: true,
  },

  createMesh: {
    method: 'POST',
    path: '/v1/{project_id}/meshes',
    family: 'asm',
    action: 'asm:mesh:create',
    body: MeshCreate,
    status: 201,
    answer: Mesh,
  },
  listMeshes: {
    method: 'GET',
    path: '/v1/{project_id}/meshes',
    family: 'asm',
    action: 'asm:mesh:list',
    status: 200,
    answer: MeshList,
  },
  getMesh: { method: 'GET', path: mesh, family: 'asm', action: 'asm:mesh:get', status: 200, answer: Mesh },
  deleteMesh: { method: 'DELETE', path: mesh, family: 'asm', action: 'asm:mesh:delete', status: 200, answer: Mesh },

  addCluster: {
    method: 'POST',
    path: `${ours}/clusters`,
    family: 'ours',
    action: 'meshlift:cluster:create',
    body: ClusterCreate,
    status: 201,
    answer: Cluster,
  },
  listClusters: {
    method: 'GET',
    path: `${ours}/clusters`,
    family: 'ours',
    action: 'meshlift:cluster:list',
    status: 200,
    answer: ClusterList,
  },
  getCluster: {
    method: 'GET',
    path: `${ours}/clusters/{cluster_id}`,
    family: 'ours',
    action: 'meshlift:cluster:get',
    status: 200,
    answer: Cluster,
  },
  testCluster: {
    method: 'POST',
    path: `${ours}/clusters/{cluster_id}/test`,
    family: 'ours',
    action: 'meshlift:cluster:get',
    status: 200,
    answer: ClusterTest,
  },
  removeCluster: {
    method: 'DELETE',
    path: `${ours}/clusters/{cluster_id}`,
    family: 'ours',
    action: 'meshlift:cluster:delete',
    status: 200,
    answer: Cluster,
  },

  checkMesh: {
    method: 'POST',
    path: `${ours}/checks`,
    family: 'ours',
    action: 'meshlift:mesh:check',
    body: CheckRequest,
    status: 200,
    answer: CheckReport,
  },
  /** `mesh`: id or name; all of the project's when absent. */
  listUpgrades: {
    method: 'GET',
    path: `${ours}/upgrades`,
    family: 'ours',
    action: 'meshlift:upgrade:list',
    query: UpgradeListQuery,
    status: 200,
    answer: UpgradeList,
  },
  describeUpgrade: {
    method: 'GET',
    path: `${ours}/upgrades/{mesh_upgrade_id}`,
    family: 'ours',
    action: 'meshlift:upgrade:get',
    status: 200,
    answer: UpgradeDetail,
    etag: true,
  },
  planUpgrade: {
    method: 'GET',
    path: `${ours}/upgrades/{mesh_upgrade_id}/plan`,
    family: 'ours',
    action: 'meshlift:upgrade:get',
    status: 200,
    answer: UpgradePlan,
  },
  listNotes: {
    method: 'GET',
    path: `${ours}/upgrades/{mesh_upgrade_id}/notes`,
    family: 'ours',
    action: 'meshlift:upgrade:get',
    query: NoteListQuery,
    status: 200,
    answer: NoteList,
  },
  /** Ends a task without another write to any cluster, so that it can be deleted. */
  abandonUpgrade: {
    method: 'POST',
    path: `${ours}/upgrades/{mesh_upgrade_id}/abandon`,
    family: 'ours',
    action: 'meshlift:upgrade:abandon',
    status: 200,
    answer: UpgradeDetail,
  },
} as const satisfies Readonly<Record<string, Route>>

export type Routes = typeof routes
export type RouteName = keyof Routes

type Braced<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Braced<Rest> : never

/** Names of the path parameters. */
export type Params<Name extends RouteName> = { readonly [Key in Braced<Routes[Name]['path']>]: string }
export type Body<Name extends RouteName> = Routes[Name] extends { readonly body: infer S extends TSchema }
  ? Shape<S>
  : undefined
export type Query<Name extends RouteName> = Routes[Name] extends { readonly query: infer S extends TSchema }
  ? Shape<S>
  : undefined
export type Answer<Name extends RouteName> = Shape<Routes[Name]['answer']>
