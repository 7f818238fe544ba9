/** The documented operations on meshes: adopting the Istio that is there, showing it, forgetting it. */

import { valuesAnnotation } from '../contract/meshes.ts'
import type { Mesh, MeshCreate } from '../contract/meshes.ts'
import { timestamp } from '../lib/clock.ts'
import type { InTurn } from '../lib/in-turn.ts'
import { Problem } from '../lib/problem.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import { checkNewMesh, unknownMesh } from '../registry/meshes.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { RegistryStore } from '../registry/store.ts'
import { isMeant, parseVersion } from '../registry/version.ts'
import type { Handlers } from './handler.ts'
import type { Parts } from './parts.ts'

type Names = 'createMesh' | 'listMeshes' | 'getMesh' | 'deleteMesh'
type Needs = Pick<Parts, 'registry' | 'desk' | 'clusters' | 'now' | 'newId'>

/** @param ofMesh so that no upgrade of a mesh begins while it is forgotten */
export function meshHandlers({ registry, desk, clusters, now, newId }: Needs, ofMesh: InTurn): Handlers<Names> {
  return {
    async createMesh({ params, body, signal }) {
      const project = params.project_id
      refuseInjection(body)
      const members = await membersOf(registry, project, body)
      const at = now()
      const asked: MeshRecord = {
        id: newId(),
        project,
        name: body.metadata.name,
        spec: body,
        version: body.spec.version ?? '',
        clusterIds: members.map(({ id }) => id),
        phase: 'Running',
        ...valuesOf(body),
        createdAt: at,
        updatedAt: at,
      }
      // Before the clusters are looked at: a name that is taken needs no answer from them.
      checkNewMesh(asked, await registry.meshes(project), members)
      const { version } = await clusters.adopt(members, signal)
      if (!fits(body.spec.version, version))
        throw invalid('spec.version', `must be ${version} or be left out: that is what is installed there`)
      const mesh: MeshRecord = { ...asked, version }
      await registry.addMesh(mesh)
      return shown(mesh)
    },

    async listMeshes({ params }) {
      return { kind: 'MeshList', apiVersion: 'v1', items: (await registry.meshes(params.project_id)).map(shown) }
    },

    async getMesh({ params }) {
      return shown(await knownMesh(registry, params.project_id, params.mesh_id))
    },

    deleteMesh: ({ params }) =>
      ofMesh(params.mesh_id, async () => {
        const mesh = await knownMesh(registry, params.project_id, params.mesh_id)
        const open = (await desk.list({ project: mesh.project, subject: mesh.id })).find(({ finished }) => !finished)
        if (open)
          throw new Problem({
            kind: 'conflict',
            code: 'meshes/upgrading',
            text: `Mesh ${mesh.name} has the unfinished upgrade ${open.id}; finish, roll back or abandon it first.`,
          })
        await registry.removeMesh(mesh.project, mesh.id)
        return shown({ ...mesh, phase: 'Deleting', updatedAt: now() })
      }),
  }
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

/** Adopting touches nothing, so namespaces cannot be chosen; an empty choice is what clients send who have none. */
function refuseInjection({ spec }: MeshCreate): void {
  for (const [index, cluster] of spec.extendParams.clusters.entries())
    if ((cluster.injection?.namespaces?.fieldSelector?.values.length ?? 0) > 0)
      throw invalid(
        `spec.extendParams.clusters[${index}].injection`,
        'must be left out: the mesh that is there is adopted and its namespaces stay as they are',
      )
}

function valuesOf({ metadata }: MeshCreate): { readonly values?: string } {
  const values = metadata.annotations?.[valuesAnnotation]
  if (values === undefined) return {}
  if (values.startsWith('/')) return { values }
  throw invalid(`metadata.annotations["${valuesAnnotation}"]`, 'must be an absolute path on the server')
}

async function membersOf(
  registry: RegistryStore,
  project: string,
  { spec }: MeshCreate,
): Promise<readonly ClusterRecord[]> {
  const known = await registry.clusters(project)
  const asked = spec.extendParams.clusters.map(({ clusterID }) => clusterID)
  return asked.map((id, index) => {
    const field = `spec.extendParams.clusters[${index}].clusterID`
    if (asked.indexOf(id) < index) throw invalid(field, 'must be named once')
    const cluster = known.find((one) => one.id === id)
    if (cluster) return cluster
    const choice = known.map((one) => `${one.id} (${one.name})`).join(', ')
    throw invalid(field, `must be a registered cluster: ${choice || 'there is none yet, add one first'}`)
  })
}

/** `v1.30`, `1.30` and `1.30.2` all mean an installed 1.30.2; absent means whatever is there. */
function fits(asked: string | undefined, found: string): boolean {
  if (asked === undefined) return true
  const [meant, there] = [parseVersion(asked), parseVersion(found)]
  return meant !== undefined && there !== undefined && isMeant(meant, there)
}

const invalid = (field: string, must: string): Problem =>
  new Problem({ kind: 'invalid', code: 'http/invalid-body', text: `${field} ${must}.`, facts: { field } })

function shown({ id, spec: accepted, version, phase, createdAt, updatedAt }: MeshRecord): Mesh {
  return {
    kind: 'Mesh',
    apiVersion: 'v1',
    metadata: { ...accepted.metadata, uid: id, creationTimestamp: timestamp(createdAt) },
    spec: { ...accepted.spec, version },
    status: { phase, updateTimestamp: timestamp(updatedAt) },
  }
}
