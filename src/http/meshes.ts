/** The documented operations on meshes - adopting the Istio that is there, showing it, forgetting it - and moving one. */

import type { MeshCreate } from '../contract/meshes.ts'
import type { Caller } from '../access/caller.ts'
import { Problem } from '../lib/problem.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import { checkNewMesh, enterpriseProjectOf } from '../registry/meshes.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { RegistryStore } from '../registry/store.ts'
import { isMeant, parseVersion } from '../registry/version.ts'
import { knownMesh, meshResource, resourceOf } from './found.ts'
import type { Handlers } from './handler.ts'
import { invalidField } from './invalid-field.ts'
import { askedOfMesh, enterpriseProjectField, valuesField } from './mesh-asked.ts'
import { shownMesh } from './mesh-shown.ts'
import type { Parts } from './parts.ts'
import { checkEnterpriseProject } from './projects.ts'
import type { Turns } from './turns.ts'

type Names = 'createMesh' | 'listMeshes' | 'getMesh' | 'deleteMesh' | 'moveMesh'
type Needs = Pick<Parts, 'access' | 'registry' | 'desk' | 'clusters' | 'now' | 'newId'>

export function meshHandlers(parts: Needs, { ofMesh, ofEnterpriseProject }: Turns): Handlers<Names> {
  const { registry, desk, clusters, now, newId } = parts
  return {
    async createMesh({ params, body, caller, signal, permit }) {
      const project = params.project_id
      const { values, enterpriseProject } = askedOfMesh(body)
      // Before clusters and enterprise projects are looked up: their names are not for whoever may make no mesh.
      permit(resourceOf('*', enterpriseProject, body.spec.tags))
      if (values !== undefined) refuseValues(caller)
      checkEnterpriseProject(parts, enterpriseProject, enterpriseProjectField)
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
        ...(values === undefined ? {} : { values }),
        enterpriseProject,
        createdAt: at,
        updatedAt: at,
      }
      // Before the clusters are looked at: a name that is taken needs no answer from them.
      checkNewMesh(asked, await registry.meshes(project), members)
      const { version } = await clusters.adopt(members, signal)
      if (!fits(body.spec.version, version))
        throw invalidField('spec.version', `must be ${version} or be left out: that is what is installed there`)
      const mesh: MeshRecord = { ...asked, version }
      // Its project is there as long as its clusters are, and the store looks for those.
      await ofEnterpriseProject(enterpriseProject, () => {
        checkEnterpriseProject(parts, enterpriseProject, enterpriseProjectField)
        return registry.addMesh(mesh)
      })
      return shownMesh(mesh)
    },

    async listMeshes({ params, permitted }) {
      const meshes = permitted(await registry.meshes(params.project_id), meshResource)
      return { kind: 'MeshList', apiVersion: 'v1', items: meshes.map(shownMesh) }
    },

    async getMesh({ params, permit }) {
      const mesh = await knownMesh(registry, params.project_id, params.mesh_id)
      permit(meshResource(mesh))
      return shownMesh(mesh)
    },

    deleteMesh: ({ params, permit, was }) =>
      ofMesh(params.mesh_id, async () => {
        const mesh = await knownMesh(registry, params.project_id, params.mesh_id)
        permit(meshResource(mesh))
        was(shownMesh(mesh))
        const [open] = await desk.list({ project: mesh.project, subject: mesh.id, unfinished: true })
        if (open)
          throw new Problem({
            kind: 'conflict',
            code: 'meshes/upgrading',
            text: `Mesh ${mesh.name} has the unfinished upgrade ${open.id}; finish, roll back or abandon it first.`,
          })
        await registry.removeMesh(mesh.project, mesh.id)
        return shownMesh({ ...mesh, phase: 'Deleting', updatedAt: now() })
      }),

    moveMesh: ({ params, body: { enterpriseProject }, permit, was }) =>
      ofMesh(params.mesh_id, async () => {
        const mesh = await knownMesh(registry, params.project_id, params.mesh_id)
        // Taking it out of one place and putting it into another: both must be allowed.
        permit(meshResource(mesh))
        permit({ ...meshResource(mesh), enterpriseProject })
        was(shownMesh(mesh))
        return ofEnterpriseProject(enterpriseProject, async () => {
          checkEnterpriseProject(parts, enterpriseProject, 'enterpriseProject')
          if (enterpriseProjectOf(mesh) === enterpriseProject) return shownMesh(mesh)
          return shownMesh(await registry.changeMesh(mesh.project, mesh.id, { enterpriseProject, updatedAt: now() }))
        })
      }),
  }
}

/** The server opens that file with its own rights, and its content goes into the mesh: naming one is an administrator's. */
function refuseValues(caller: Caller | undefined): void {
  if (caller?.administrator) return
  throw new Problem({
    kind: 'forbidden',
    code: 'access/administrators-only',
    text: `${valuesField} names a file of the server, so only an administrator may send it; leave it out.`,
    facts: { field: valuesField },
  })
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
    if (asked.indexOf(id) < index) throw invalidField(field, 'must be named once')
    const cluster = known.find((one) => one.id === id)
    if (cluster) return cluster
    const choice = known.map((one) => `${one.id} (${one.name})`).join(', ')
    throw invalidField(field, `must be a registered cluster: ${choice || 'there is none yet, add one first'}`)
  })
}

/** `v1.30`, `1.30` and `1.30.2` all mean an installed 1.30.2; absent means whatever is there. */
function fits(asked: string | undefined, found: string): boolean {
  if (asked === undefined) return true
  const [meant, there] = [parseVersion(asked), parseVersion(found)]
  return meant !== undefined && there !== undefined && isMeant(meant, there)
}
