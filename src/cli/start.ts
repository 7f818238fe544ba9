/** Starts an upgrade, or finds the one that was started and is not over. */

import type { UpgradeDetail } from '../contract/extensions.ts'
import type { Mesh } from '../contract/meshes.ts'
import { Problem } from '../lib/problem.ts'
import type { ServedRun } from './cli.ts'
import { isOver } from './standing.ts'
import { describe } from './steer.ts'

export interface Started {
  readonly upgrade: UpgradeDetail
  /** It was there before. */
  readonly found: boolean
}

/** Throws conflict (`cli/another-target`) when an unfinished one goes elsewhere. */
export async function startOrFind(run: ServedRun, mesh: Mesh, target: string, name?: string): Promise<Started> {
  const { session, signal } = run
  const { items } = await session.call('listUpgrades', { query: { mesh: mesh.metadata.uid } }, signal)
  const open = items.find((one) => !isOver(one))
  if (open !== undefined) {
    if (!sameTarget(target, open.to.version))
      throw new Problem({
        kind: 'conflict',
        code: 'cli/another-target',
        text: `Mesh ${mesh.metadata.name} is on its way to ${open.to.version} (${open.step} ${open.phase}). Go on with that (--to ${open.to.version}), or end it first: meshlift rollback ${mesh.metadata.name}${session.where}, or meshlift abandon ${mesh.metadata.name}${session.where}`,
      })
    return { upgrade: await describe(run, open.id), found: true }
  }
  const made = await session.call(
    'createUpgrade',
    {
      body: {
        kind: 'MeshUpgrade',
        apiVersion: 'v1',
        metadata: { name: name ?? nameFor(target) },
        spec: {
          meshId: mesh.metadata.uid,
          upgradeStrategy: 'Canary',
          targetVersion: target,
          targetType: 'InCluster',
          currentStep: { name: 'PreCheck', action: 'Execute' },
        },
      },
    },
    signal,
  )
  return { upgrade: await describe(run, made.metadata.uid), found: false }
}

/** `1.31` means any `1.31.x`, and a `v` before it means nothing. */
function sameTarget(asked: string, known: string): boolean {
  const bare = (version: string): string => version.replace(/^v/i, '')
  return bare(known) === bare(asked) || bare(known).startsWith(`${bare(asked)}.`)
}

/** Names of upgrades have the form of mesh names (asm-api Q17). */
function nameFor(target: string): string {
  const tail = target
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return `upgrade-to-${tail || 'version'}`.slice(0, 64).replace(/-+$/, '')
}
