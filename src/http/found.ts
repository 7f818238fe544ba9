/** What an id or a name in a request stands for, and what policies are asked about it. What is not there is 404. */

import { defaultEnterpriseProject } from '../access/directory/directory.ts'
import type { Resource } from '../access/permission.ts'
import { Problem } from '../lib/problem.ts'
import { whenThere } from '../lib/soon.ts'
import type { Soon } from '../lib/soon.ts'
import { unknownCluster } from '../registry/clusters.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import { enterpriseProjectOf, unknownMesh } from '../registry/meshes.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { RegistryStore } from '../registry/store.ts'
import type { Parts } from './parts.ts'

export function meshResource(mesh: MeshRecord): Resource {
  return resourceOf(mesh.id, enterpriseProjectOf(mesh), mesh.spec.spec.tags)
}

const noTags = {}

/** @param id `*` for a mesh that is not there yet */
export function resourceOf(
  id: string,
  enterpriseProject: string,
  tags: readonly { readonly key: string; readonly value: string }[] = [],
): Resource {
  const byKey = tags.length === 0 ? noTags : Object.fromEntries(tags.map(({ key, value }) => [key, value]))
  return { type: 'mesh', id, enterpriseProject, tags: byKey }
}

export const clusterResource = ({ id }: ClusterRecord): Resource => ({ type: 'cluster', id })

/** Of a mesh that may have been forgotten since: then its tags and its enterprise project are those it had. */
export function resourceOfMesh(registry: RegistryStore, project: string, id: string): Soon<Resource> {
  return whenThere(registry.mesh(project, id), (mesh) =>
    mesh ? meshResource(mesh) : resourceOfForgotten(registry, project, id),
  )
}

async function resourceOfForgotten(registry: RegistryStore, project: string, id: string): Promise<Resource> {
  const mesh = await registry.forgottenMesh(project, id)
  return mesh ? meshResource(mesh) : resourceOf(id, defaultEnterpriseProject.id)
}

/** The mesh behind an upgrade or, asked for as a `job`, a job or a subjob too. not-found when there is none in the project. */
export function resourceBehind(
  { registry, upgrades }: Pick<Parts, 'registry' | 'upgrades'>,
  project: string,
  id: string,
  what: 'upgrade' | 'job' = 'upgrade',
): Soon<Resource> {
  return whenThere(upgrades.meshOf(project, id, what), (mesh) => resourceOfMesh(registry, project, mesh))
}

/** @param field that named it, when it was not the path. */
export async function knownMesh(
  registry: RegistryStore,
  project: string,
  id: string,
  field?: string,
): Promise<MeshRecord> {
  const mesh = await registry.mesh(project, id)
  if (mesh) return mesh
  if (field === undefined) throw unknownMesh(id)
  throw new Problem({
    kind: 'not-found',
    code: 'meshes/unknown',
    text: `${field} must be the id of a mesh of this project; there is no mesh ${id}.`,
    facts: { field },
  })
}

/**
 * By id or by name. A mesh may be named like the id of another one: then the id is meant.
 * @param may whether the caller may know of a mesh: only those are offered instead
 */
export async function namedMesh(
  registry: RegistryStore,
  project: string,
  idOrName: string,
  may: (resource: Resource) => boolean,
): Promise<MeshRecord> {
  const meshes = await registry.meshes(project)
  const mesh = meshes.find(({ id }) => id === idOrName) ?? meshes.find(({ name }) => name === idOrName)
  if (mesh) return mesh
  const offered = meshes.filter((one) => may(meshResource(one))).map(({ name }) => name)
  throw new Problem({
    kind: 'not-found',
    code: 'meshes/unknown',
    text: `mesh must be a mesh of this project: ${offered.join(', ') || 'there is none yet'}.`,
    facts: { field: 'mesh' },
  })
}

export async function knownCluster(registry: RegistryStore, project: string, id: string): Promise<ClusterRecord> {
  const cluster = await registry.cluster(project, id)
  if (!cluster) throw unknownCluster(id)
  return cluster
}
