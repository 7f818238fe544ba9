/** Registered clusters: where they are, and whether they can be used. */

import { Value } from 'typebox/value'
import { Cluster as ClusterShape } from '../contract/extensions.ts'
import type { Cluster, ClusterCreate } from '../contract/extensions.ts'
import type { RouteName } from '../contract/routes.ts'
import { timestamp } from '../lib/clock.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import { clusterResource, knownCluster } from './found.ts'
import type { Handlers } from './handler.ts'
import { invalidField } from './invalid-field.ts'
import type { Parts } from './parts.ts'
import { checkProject } from './projects.ts'
import type { Turns } from './turns.ts'

type Names = Extract<RouteName, `${string}Cluster` | 'listClusters'>

export function clusterHandlers(parts: Parts, { ofProject }: Turns): Handlers<Names> {
  const { registry, clusters, now, newId } = parts
  return {
    async addCluster({ params, body }) {
      refuseNowhere(body)
      refuseLogin(body)
      const cluster: ClusterRecord = { ...body, id: newId(), project: params.project_id, createdAt: now() }
      await ofProject(cluster.project, () => {
        checkProject(parts, cluster.project)
        return registry.addCluster(cluster)
      })
      return shown(cluster)
    },
    async listClusters({ params, permitted }) {
      return { items: permitted(await registry.clusters(params.project_id), clusterResource).map(shown) }
    },
    async getCluster({ params, permit }) {
      const cluster = await knownCluster(registry, params.project_id, params.cluster_id)
      permit(clusterResource(cluster))
      return shown(cluster)
    },
    async testCluster({ params, signal, permit }) {
      const cluster = await knownCluster(registry, params.project_id, params.cluster_id)
      permit(clusterResource(cluster))
      return clusters.test(cluster, signal)
    },
    async removeCluster({ params, was }) {
      const cluster = await knownCluster(registry, params.project_id, params.cluster_id)
      was(shown(cluster))
      await registry.removeCluster(cluster.project, cluster.id)
      await clusters.forget(cluster)
      return shown(cluster)
    },
  }
}

function refuseNowhere({ kubeconfig, context, inCluster }: ClusterCreate): void {
  if (inCluster === true && (kubeconfig ?? context) !== undefined)
    throw invalidField('inCluster', 'must be left out with kubeconfig or context: a cluster is in one place')
  if (inCluster !== true && kubeconfig === undefined)
    throw invalidField(
      'kubeconfig',
      'is missing; it must be the absolute path of a file on the server, or inCluster must be true',
    )
}

/** Whatever is in the address is stored in clear and shown to whoever may see the cluster. The refusal does not quote it. */
function refuseLogin({ charts }: ClusterCreate): void {
  if (charts === undefined || charts.startsWith('/')) return
  const url = URL.parse(charts)
  if (url === null) throw invalidField('charts', 'must be an address that can be read')
  if (url.username !== '' || url.password !== '')
    throw invalidField('charts', 'must be without user name and password: log helm in on the server instead')
}

/** Only what the shape has: whatever else a record keeps stays here. */
const shown = (cluster: ClusterRecord): Cluster =>
  Value.Clean(ClusterShape, { ...cluster, createdAt: timestamp(cluster.createdAt) }) as Cluster
