/** What an upgrade of a mesh would be, before there is one: its version as it resolves, its record as it begins. */

import type { NewId } from '../lib/ids.ts'
import { Problem } from '../lib/problem.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import { newUpgrade } from '../upgrade/commands.ts'
import type { UpgradeRecord } from '../upgrade/record.ts'

/** What may be asked for, by the catalogue of the mesh's cluster. */
export interface Versions {
  /** `v1.31`, `1.31` or `1.31.0` -> `1.31.0`; undefined when nothing known fits. */
  resolve(asked: string): string | undefined
  /** Why this hop is not allowed; undefined = allowed. */
  hop(from: string, to: string): string | undefined
  /** Versions that a mesh of this version may go to. */
  allowed(from: string): readonly string[]
}

export interface Drafting {
  readonly newId: NewId
  readonly clustersOf: (mesh: MeshRecord) => Promise<readonly ClusterRecord[]>
}

export interface Draft {
  readonly name: string
  /** As it was asked for. */
  readonly targetVersion: string
  /** As it resolved. */
  readonly version: string
  /** Milliseconds. */
  readonly now: number
}

export async function draftOf({ newId, clustersOf }: Drafting, mesh: MeshRecord, draft: Draft): Promise<UpgradeRecord> {
  const { name, targetVersion, version, now } = draft
  const clusters = (await clustersOf(mesh)).map((cluster) => cluster.name)
  return newUpgrade({
    id: newId(),
    name,
    project: mesh.project,
    mesh: { id: mesh.id, name: mesh.name, clusters },
    asked: { targetVersion, upgradeStrategy: 'Canary', targetType: 'InCluster' },
    version,
    now,
  })
}

/** invalid (`upgrades/target-version`) names the field and what would be accepted. */
export function knownVersion(versions: Versions, { version: from }: MeshRecord, asked: string, field: string): string {
  const version = versions.resolve(asked)
  if (version !== undefined) return version
  throw refused(versions, from, field, `${asked} is not a version that is known here`)
}

/** The same, and the mesh may go there from where it is. */
export function allowedVersion(versions: Versions, mesh: MeshRecord, asked: string, field: string): string {
  const version = knownVersion(versions, mesh, asked, field)
  const why = versions.hop(mesh.version, version)
  if (why === undefined) return version
  throw refused(versions, mesh.version, field, why)
}

function refused(versions: Versions, from: string, field: string, why: string): Problem {
  const allowed = versions.allowed(from)
  const would = allowed.length > 0 ? `Accepted: ${allowed.join(', ')}.` : `There is no version to go to from ${from}.`
  return new Problem({
    kind: 'invalid',
    code: 'upgrades/target-version',
    text: `${field}: ${why}. ${would}`.replace('..', '.'),
    facts: { allowed },
  })
}
