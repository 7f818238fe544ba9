/** The documented operations on an upgrade. Shapes are checked before; what may happen next is the heart's to say. */

import type { UpgradeCreate, UpgradeUpdate } from '../contract/upgrades.ts'
import type { InTurn } from '../lib/in-turn.ts'
import type { Handlers } from './handler.ts'
import { knownMesh } from './meshes.ts'
import type { Parts } from './parts.ts'

type Names = 'createUpgrade' | 'getUpgrade' | 'updateUpgrade' | 'deleteUpgrade'

/** @param ofMesh so that a mesh is not forgotten while an upgrade of it begins */
export function upgradeHandlers(
  { upgrades, registry }: Pick<Parts, 'upgrades' | 'registry'>,
  ofMesh: InTurn,
): Handlers<Names> {
  return {
    createUpgrade: ({ params, body, signal }) =>
      ofMesh(body.spec.meshId, async () => {
        const mesh = await knownMesh(registry, params.project_id, body.spec.meshId, 'spec.meshId')
        return upgrades.create(params.project_id, mesh, canonical(body), signal)
      }),
    getUpgrade: ({ params }) => upgrades.get(params.project_id, params.mesh_upgrade_id),
    updateUpgrade: ({ params, body, signal }) =>
      upgrades.put(params.project_id, params.mesh_upgrade_id, canonical(body), signal),
    deleteUpgrade: ({ params }) => upgrades.remove(params.project_id, params.mesh_upgrade_id),
  }
}

/** `canary` is taken and `Canary` is meant, stored and shown. */
const canonical = <Asked extends UpgradeCreate | UpgradeUpdate>(body: Asked): Asked => ({
  ...body,
  spec: { ...body.spec, upgradeStrategy: 'Canary' },
})
