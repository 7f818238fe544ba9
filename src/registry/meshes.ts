/** What is kept about a mesh, and the rules about it. Pure. */

import type { MeshCreate, MeshPhase } from '../contract/meshes.ts'
import { Problem } from '../lib/problem.ts'
import { unknownCluster } from './clusters.ts'
import type { ClusterRecord } from './clusters.ts'

export interface MeshRecord {
  readonly id: string
  readonly project: string
  /** Documented rule: 4 to 64 characters (asm-api 4.2). Unique in the project; never changes. */
  readonly name: string
  /** The whole object as it was accepted, echoed by every answer. */
  readonly spec: MeshCreate
  /** What is installed; grows when an upgrade succeeded. */
  readonly version: string
  readonly clusterIds: readonly string[]
  readonly phase: MeshPhase
  /** Path of a values file that overrides the old release's values. */
  readonly values?: string
  /** Id of the enterprise project; absent in what was stored before there were any, and then the default one. */
  readonly enterpriseProject?: string
  readonly createdAt: number
  readonly updatedAt: number
}

export interface MeshChange {
  readonly phase?: MeshPhase
  readonly version?: string
  readonly enterpriseProject?: string
  readonly updatedAt: number
}

/** Id of the enterprise project that is always there (asm-api Q27). */
const defaultEnterpriseProject = '0'

export function enterpriseProjectOf({ enterpriseProject }: MeshRecord): string {
  return enterpriseProject ?? defaultEnterpriseProject
}

const namePattern = /^[a-z][a-z0-9-]{2,62}[a-z0-9]$/

/**
 * invalid (`meshes/name`); conflict (`meshes/name-taken`, `meshes/cluster-taken`); not-found (`clusters/unknown`).
 * @param others meshes of the same project
 * @param clusters of the same project
 */
export function checkNewMesh(
  mesh: MeshRecord,
  others: readonly MeshRecord[],
  clusters: readonly ClusterRecord[],
): void {
  if (!namePattern.test(mesh.name))
    throw new Problem({
      kind: 'invalid',
      code: 'meshes/name',
      text: `A mesh is named by 4 to 64 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen; ${JSON.stringify(mesh.name)} is not.`,
      facts: { field: 'metadata.name' },
    })
  if (others.some(({ name }) => name === mesh.name))
    throw new Problem({
      kind: 'conflict',
      code: 'meshes/name-taken',
      text: `There is a mesh ${mesh.name} already.`,
      facts: { name: mesh.name },
    })
  for (const id of mesh.clusterIds) {
    const cluster = clusters.find((one) => one.id === id)
    if (cluster === undefined) throw unknownCluster(id)
    const owner = others.find(({ clusterIds }) => clusterIds.includes(id))
    if (owner !== undefined)
      throw new Problem({
        kind: 'conflict',
        code: 'meshes/cluster-taken',
        text: `Cluster ${cluster.name} belongs to mesh ${owner.name} already.`,
        facts: { cluster: id, mesh: owner.id },
      })
  }
}

export function changedMesh(
  mesh: MeshRecord,
  { phase, version, enterpriseProject, updatedAt }: MeshChange,
): MeshRecord {
  return {
    ...mesh,
    phase: phase ?? mesh.phase,
    version: version ?? mesh.version,
    ...(enterpriseProject === undefined ? {} : { enterpriseProject }),
    updatedAt,
  }
}

export function unknownMesh(id: string): Problem {
  return new Problem({
    kind: 'not-found',
    code: 'meshes/unknown',
    text: `There is no mesh ${id} in this project: GET /v1/{project_id}/meshes lists those there are.`,
    facts: { mesh: id },
  })
}
