/** Our own operations: clusters, checks without a task, the list of upgrades, and all that is told about one. */

import { Value } from 'typebox/value'
import { Cluster as ClusterShape } from '../contract/extensions.ts'
import type { Cluster, ClusterCreate } from '../contract/extensions.ts'
import type { RouteName } from '../contract/routes.ts'
import { timestamp } from '../lib/clock.ts'
import { Problem } from '../lib/problem.ts'
import { unknownCluster } from '../registry/clusters.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { RegistryStore } from '../registry/store.ts'
import type { Handlers } from './handler.ts'
import type { Parts } from './parts.ts'

type Clusters = Extract<RouteName, `${string}Cluster` | 'listClusters'>
type Upgrades = 'checkMesh' | 'listUpgrades' | 'describeUpgrade' | 'planUpgrade' | 'listNotes' | 'abandonUpgrade'

export function extensionHandlers(parts: Parts): Handlers<Clusters | Upgrades> {
  return { ...clusterHandlers(parts), ...upgradeExtensions(parts) }
}

function clusterHandlers({ registry, clusters, now, newId }: Parts): Handlers<Clusters> {
  return {
    async addCluster({ params, body }) {
      refuseNowhere(body)
      const cluster: ClusterRecord = { ...body, id: newId(), project: params.project_id, createdAt: now() }
      await registry.addCluster(cluster)
      return shown(cluster)
    },
    async listClusters({ params }) {
      return { items: (await registry.clusters(params.project_id)).map(shown) }
    },
    async getCluster({ params }) {
      return shown(await knownCluster(registry, params.project_id, params.cluster_id))
    },
    async testCluster({ params, signal }) {
      return clusters.test(await knownCluster(registry, params.project_id, params.cluster_id), signal)
    },
    async removeCluster({ params }) {
      const cluster = await knownCluster(registry, params.project_id, params.cluster_id)
      await registry.removeCluster(cluster.project, cluster.id)
      await clusters.forget(cluster)
      return shown(cluster)
    },
  }
}

function upgradeExtensions({ registry, upgrades }: Parts): Handlers<Upgrades> {
  return {
    async checkMesh({ params, body, signal }) {
      const mesh = await namedMesh(registry, params.project_id, body.mesh, 'mesh')
      return upgrades.check(params.project_id, mesh, body.targetVersion, signal)
    },
    async listUpgrades({ params, query }) {
      const mesh =
        query.mesh === undefined ? undefined : await namedMesh(registry, params.project_id, query.mesh, 'mesh')
      return upgrades.list(params.project_id, mesh?.id)
    },
    describeUpgrade: ({ params }) => upgrades.describe(params.project_id, params.mesh_upgrade_id),
    planUpgrade: ({ params, signal }) => upgrades.plan(params.project_id, params.mesh_upgrade_id, signal),
    listNotes: ({ params, query }) =>
      upgrades.notes(params.project_id, params.mesh_upgrade_id, Number(query.after ?? 0), Number(query.limit ?? 100)),
    abandonUpgrade: ({ params }) => upgrades.abandon(params.project_id, params.mesh_upgrade_id),
  }
}

function refuseNowhere({ kubeconfig, context, inCluster }: ClusterCreate): void {
  const text =
    inCluster === true && (kubeconfig ?? context) !== undefined
      ? 'inCluster must be left out with kubeconfig or context: a cluster is in one place.'
      : inCluster !== true && kubeconfig === undefined
        ? 'kubeconfig is missing; it must be the absolute path of a file on the server, or inCluster must be true.'
        : undefined
  if (text !== undefined)
    throw new Problem({ kind: 'invalid', code: 'http/invalid-body', text, facts: { field: 'kubeconfig' } })
}

async function knownCluster(registry: RegistryStore, project: string, id: string): Promise<ClusterRecord> {
  const cluster = await registry.cluster(project, id)
  if (!cluster) throw unknownCluster(id)
  return cluster
}

/** By id or by name. A mesh may be named like the id of another one: then the id is meant. */
async function namedMesh(
  registry: RegistryStore,
  project: string,
  idOrName: string,
  field: string,
): Promise<MeshRecord> {
  const meshes = await registry.meshes(project)
  const mesh = meshes.find(({ id }) => id === idOrName) ?? meshes.find(({ name }) => name === idOrName)
  if (mesh) return mesh
  const choice = meshes.map(({ name }) => name).join(', ') || 'there is none yet'
  throw new Problem({
    kind: 'not-found',
    code: 'meshes/unknown',
    text: `${field} must be a mesh of this project: ${choice}.`,
  })
}

/** Only what the shape has: whatever else a record keeps stays here. */
const shown = (cluster: ClusterRecord): Cluster =>
  Value.Clean(ClusterShape, { ...cluster, createdAt: timestamp(cluster.createdAt) }) as Cluster
