/** Bodies that are accepted, to be bent by tests. */

import type { MeshCreate } from '../../src/contract/meshes.ts'
import type { Mesh } from '../../src/contract/meshes.ts'
import type { UpgradeCreate } from '../../src/contract/upgrades.ts'
import { kinds } from '../../src/mesh/simulated/kinds.ts'
import type { World } from '../../src/mesh/simulated/world.ts'
import type { Harness } from './harness.ts'

export const meshBody = (clusterID: string): MeshCreate => ({
  kind: 'Mesh',
  apiVersion: 'v1',
  metadata: { name: 'shop', labels: { team: 'web' } },
  spec: {
    type: 'InCluster',
    version: '1.30.2',
    tags: [{ key: 'cost centre', value: '' }],
    extendParams: {
      clusters: [
        { clusterID, installation: { nodes: { fieldSelector: { key: 'UID', operator: 'In', values: ['n1'] } } } },
      ],
    },
  },
})

export const upgradeBody = (meshId: string): UpgradeCreate => ({
  kind: 'MeshUpgrade',
  apiVersion: 'v1',
  metadata: { name: 'to-131' },
  spec: {
    meshId,
    upgradeStrategy: 'Canary',
    targetVersion: '1.31.0',
    targetType: 'InCluster',
    currentStep: { name: 'PreCheck', action: 'Execute' },
  },
})

export async function withMesh({ client }: Harness): Promise<Mesh> {
  const { id } = await client.addCluster({ body: { name: 'prod', kubeconfig: '/etc/prod.yaml' } })
  return client.createMesh({ body: meshBody(id) })
}

/** A copy with one member changed; `undefined` takes it away. `spec.currentStep.name` */
export function bent(body: object, path: string, value: unknown): Readonly<Record<string, unknown>> {
  const copy = structuredClone(body) as Record<string, unknown>
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at = copy
  for (const key of keys) at = at[key] as Record<string, unknown>
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy
}

/** Somebody else's namespace; gives back how it goes again. */
export function plantedNamespace(world: World, name: string, labels: Readonly<Record<string, string>>): () => void {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
  world.catchUp()
  world.write((api) => api.create(kinds.Namespace, object, 'kubectl'))
  return () => world.write((api) => api.remove(kinds.Namespace, { name }, 'kubectl'))
}

/** Smallest first: of several requests at once, any may be the one that is taken. */
export const statuses = (answers: readonly { readonly status: number }[]): readonly number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b)
