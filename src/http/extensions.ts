/** What is told about upgrades beyond the documents: checks without a task, the list, the plan, the diary. */

import type { Resource } from '../access/permission.ts'
import { meshResource, namedMesh, resourceBehind, resourceOfMesh } from './found.ts'
import type { Handlers } from './handler.ts'
import type { Parts } from './parts.ts'

type Names =
  | 'checkMesh'
  | 'listUpgrades'
  | 'describeUpgrade'
  | 'planUpgrade'
  | 'listFindings'
  | 'listNotes'
  | 'abandonUpgrade'

export function extensionHandlers(parts: Parts): Handlers<Names> {
  const { registry, upgrades } = parts
  return {
    async checkMesh({ params, body, signal, permit, may }) {
      const mesh = await namedMesh(registry, params.project_id, body.mesh, may)
      permit(meshResource(mesh))
      return upgrades.check(params.project_id, mesh, body.targetVersion, signal)
    },

    async listUpgrades({ params, query, permit, permitted, may }) {
      const project = params.project_id
      const page = {
        limit: limitOf(query),
        ...(query.state === undefined ? {} : { state: query.state }),
        ...(query.after === undefined ? {} : { after: query.after }),
      }
      if (query.mesh !== undefined) {
        const mesh = await namedMesh(registry, project, query.mesh, may)
        permit(meshResource(mesh))
        return upgrades.list(project, { ...page, meshes: [mesh.id] })
      }
      const meshes = permitted(await meshesOfUpgrades(parts, project), (resource) => resource)
      return upgrades.list(project, { ...page, meshes: meshes.map(({ id }) => id) })
    },

    async describeUpgrade({ params, permit }) {
      permit(await resourceBehind(parts, params.project_id, params.mesh_upgrade_id))
      return upgrades.describe(params.project_id, params.mesh_upgrade_id)
    },

    async planUpgrade({ params, signal, permit }) {
      permit(await resourceBehind(parts, params.project_id, params.mesh_upgrade_id))
      return upgrades.plan(params.project_id, params.mesh_upgrade_id, signal)
    },

    async listFindings({ params, permit }) {
      permit(await resourceBehind(parts, params.project_id, params.mesh_upgrade_id))
      return upgrades.findings(params.project_id, params.mesh_upgrade_id)
    },

    async listNotes({ params, query, permit }) {
      permit(await resourceBehind(parts, params.project_id, params.mesh_upgrade_id))
      return upgrades.notes(params.project_id, params.mesh_upgrade_id, Number(query.after ?? 0), limitOf(query))
    },

    async abandonUpgrade({ params, permit, was }) {
      permit(await resourceBehind(parts, params.project_id, params.mesh_upgrade_id))
      was(await upgrades.get(params.project_id, params.mesh_upgrade_id))
      return upgrades.abandon(params.project_id, params.mesh_upgrade_id)
    },
  }
}

const limitOf = ({ limit }: { readonly limit?: string }): number => Number(limit ?? 100)

/** Meshes that have or may have upgrades: what is registered, and what was forgotten while its upgrades are still told of. */
async function meshesOfUpgrades(
  { registry, desk }: Pick<Parts, 'registry' | 'desk'>,
  project: string,
): Promise<readonly Resource[]> {
  const registered = (await registry.meshes(project)).map(meshResource)
  const known = new Set(registered.map(({ id }) => id))
  const forgotten = (await desk.subjects(project)).filter((id) => !known.has(id))
  return [...registered, ...(await Promise.all(forgotten.map(async (id) => resourceOfMesh(registry, project, id))))]
}
