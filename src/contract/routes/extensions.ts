/** Our own operations in a project; no documented client needs them. */

import {
  CheckReport,
  CheckRequest,
  Cluster,
  ClusterCreate,
  ClusterList,
  ClusterTest,
  FindingList,
  MeshMove,
  NoteList,
  NoteListQuery,
  UpgradeDetail,
  UpgradeList,
  UpgradeListQuery,
  UpgradePlan,
} from '../extensions.ts'
import { Mesh } from '../meshes.ts'
import type { Route } from '../route.ts'

const project = '/meshlift/v1/{project_id}'
const upgrade = `${project}/upgrades/{mesh_upgrade_id}` as const
const cluster = `${project}/clusters/{cluster_id}` as const

const ours = { family: 'ours', status: 200 } as const
const reading = { ...ours, method: 'GET', needs: { actions: ['meshlift:upgrade:get', 'asm:mesh:upgrade'] } } as const

export const extensionRoutes = {
  // A cluster names files and programs of the server's machine, so registering one is like logging in there.
  addCluster: {
    ...ours,
    method: 'POST',
    path: `${project}/clusters`,
    summary: 'Register a cluster.',
    needs: 'administrator',
    body: ClusterCreate,
    status: 201,
    answer: Cluster,
  },
  listClusters: {
    ...ours,
    method: 'GET',
    path: `${project}/clusters`,
    summary: 'List the clusters of a project that the caller may list.',
    needs: { actions: ['meshlift:cluster:list'] },
    answer: ClusterList,
  },
  getCluster: {
    ...ours,
    method: 'GET',
    path: cluster,
    summary: 'See a cluster.',
    needs: { actions: ['meshlift:cluster:get'] },
    answer: Cluster,
  },
  testCluster: {
    ...ours,
    method: 'POST',
    path: `${cluster}/test`,
    summary: 'See whether a cluster can be used.',
    needs: { actions: ['meshlift:cluster:get'] },
    answer: ClusterTest,
    looks: true,
  },
  removeCluster: {
    ...ours,
    method: 'DELETE',
    path: cluster,
    summary: 'Forget a cluster; nothing in it is touched.',
    needs: 'administrator',
    answer: Cluster,
  },

  moveMesh: {
    ...ours,
    method: 'PUT',
    path: `${project}/meshes/{mesh_id}/enterprise-project`,
    summary: 'Put a mesh into another enterprise project.',
    needs: { actions: ['meshlift:mesh:move'] },
    body: MeshMove,
    answer: Mesh,
  },
  checkMesh: {
    ...ours,
    method: 'POST',
    path: `${project}/checks`,
    summary: 'Run the checks of an upgrade without making one.',
    needs: { actions: ['meshlift:mesh:check', 'asm:mesh:upgrade'] },
    body: CheckRequest,
    answer: CheckReport,
    looks: true,
  },
  /** `mesh`: id or name; all of the project's when absent. */
  listUpgrades: {
    ...ours,
    method: 'GET',
    path: `${project}/upgrades`,
    summary: 'List the upgrades that the caller may list, newest first.',
    needs: { actions: ['meshlift:upgrade:list', 'asm:mesh:upgrade'] },
    query: UpgradeListQuery,
    answer: UpgradeList,
  },
  describeUpgrade: {
    ...reading,
    path: upgrade,
    summary: 'See all that is known of an upgrade.',
    answer: UpgradeDetail,
    etag: true,
  },
  planUpgrade: {
    ...ours,
    method: 'GET',
    path: `${upgrade}/plan`,
    summary: 'See what an upgrade will do, in order, as far as it can be known now.',
    needs: { actions: ['meshlift:upgrade:plan', 'asm:mesh:upgrade'] },
    answer: UpgradePlan,
  },
  listFindings: {
    ...reading,
    path: `${upgrade}/findings`,
    summary: 'See what the checks of an upgrade found.',
    answer: FindingList,
  },
  /** As events: one `note` each, its number as `id`; asked again with `Last-Event-ID` it goes on there. */
  listNotes: {
    ...reading,
    path: `${upgrade}/notes`,
    summary: 'Read the diary of an upgrade, as a list or as events.',
    query: NoteListQuery,
    answer: NoteList,
    events: true,
  },
  /** Ends a task without another write to any cluster, so that it can be deleted. */
  abandonUpgrade: {
    ...ours,
    method: 'POST',
    path: `${upgrade}/abandon`,
    summary: 'End an upgrade where it stands, without another write to a cluster.',
    needs: { actions: ['meshlift:upgrade:abandon', 'asm:mesh:upgrade'] },
    answer: UpgradeDetail,
  },
} as const satisfies Readonly<Record<string, Route>>
