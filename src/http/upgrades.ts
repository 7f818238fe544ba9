/**
 * The documented operations on an upgrade. Shapes are checked before; what may happen next is the heart's to say. Each
 * first finds the mesh, then asks whether the caller may: 404 for what is not there, 403 for what is (asm-api Q24).
 */

import type { routes } from '../contract/routes.ts'
import type { MeshUpgrade, UpgradeCreate, UpgradeUpdate } from '../contract/upgrades.ts'
import { assertNever } from '../lib/problem.ts'
import { whenThere } from '../lib/soon.ts'
import { knownMesh, meshResource, resourceOfMesh } from './found.ts'
import type { Handlers } from './handler.ts'
import type { Parts } from './parts.ts'
import type { Turns } from './turns.ts'

type Names = 'createUpgrade' | 'getUpgrade' | 'updateUpgrade' | 'deleteUpgrade'

export function upgradeHandlers(
  { upgrades, registry }: Pick<Parts, 'upgrades' | 'registry'>,
  { ofMesh }: Pick<Turns, 'ofMesh'>,
): Handlers<Names> {
  const resource = (project: string, { spec }: MeshUpgrade) => resourceOfMesh(registry, project, spec.meshId)
  return {
    createUpgrade: ({ params, body, signal, permit }) =>
      ofMesh(body.spec.meshId, async () => {
        const mesh = await knownMesh(registry, params.project_id, body.spec.meshId, 'spec.meshId')
        permit(meshResource(mesh))
        return upgrades.create(params.project_id, mesh, canonical(body), signal)
      }),

    getUpgrade: ({ params, permit }) =>
      whenThere(upgrades.get(params.project_id, params.mesh_upgrade_id), (shown) =>
        whenThere(resource(params.project_id, shown), (about) => {
          permit(about)
          return shown
        }),
      ),

    async updateUpgrade({ params, body, permit, was }) {
      const { project_id: project, mesh_upgrade_id: id } = params
      const about = await resource(project, await upgrades.get(project, id))
      return upgrades.put(project, id, canonical(body), (now) => {
        permit(about, [actionOf(body, now)])
        was(now)
      })
    },

    async deleteUpgrade({ params, permit, was }) {
      const before = await upgrades.get(params.project_id, params.mesh_upgrade_id)
      permit(await resource(params.project_id, before))
      was(before)
      return upgrades.remove(params.project_id, params.mesh_upgrade_id)
    },
  }
}

type Asked = (typeof routes.updateUpgrade.needs.byRequest)[number]

/** What is really asked for: once an upgrade goes back, retrying any step of it means going on with going back. */
function actionOf({ spec }: UpgradeUpdate, { status }: MeshUpgrade): Asked {
  const { name, action } = spec.currentStep
  const back = status.state === 'RollingBack' || status.state === 'RollbackFailed'
  if (action === 'Rollback' || (action === 'Retry' && back)) return 'meshlift:upgrade:rollback'
  switch (name) {
    case 'PreCheck':
      return 'meshlift:upgrade:plan'
    case 'ControlPlaneUpgrade':
    case 'DataPlaneUpgrade':
      return 'meshlift:upgrade:execute'
    case 'PostUpgrade':
      return 'meshlift:upgrade:finish'
    default:
      return assertNever(name)
  }
}

/** `canary` is taken and `Canary` is meant, stored and shown. */
const canonical = <Asked extends UpgradeCreate | UpgradeUpdate>(body: Asked): Asked => ({
  ...body,
  spec: { ...body.spec, upgradeStrategy: 'Canary' },
})
