/** What the handlers need, as functions. `main.ts` hands it over; tests hand over their own. */

import type { Access } from '../access/access.ts'
import type {
  CheckReport,
  ClusterTest,
  FindingList,
  Note,
  NoteList,
  UpgradeDetail,
  UpgradeList,
  UpgradePlan,
} from '../contract/extensions.ts'
import type { Job } from '../contract/jobs.ts'
import type { MeshUpgrade, UpgradeCreate, UpgradeState, UpgradeUpdate } from '../contract/upgrades.ts'
import type { NewId } from '../lib/ids.ts'
import type { Soon } from '../lib/soon.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { RegistryStore } from '../registry/store.ts'
import type { TaskDesk } from '../tasks/store.ts'

/**
 * The heart, as requests see it. Every one of these is about one project: what belongs to another is not-found.
 * invalid for contents that are not accepted (naming the field), conflict for what the present state does not allow.
 */
export interface UpgradeDoor {
  /**
   * Id of the mesh that an upgrade is about; not-found when there is none in the project.
   * @param what `job`: also the id of a job or a subjob, and what is said when there is none. Default `upgrade`.
   */
  meshOf(project: string, id: string, what?: 'upgrade' | 'job'): Soon<string>
  /** invalid names `spec.targetVersion` and the versions that would be accepted. */
  create(project: string, mesh: MeshRecord, body: UpgradeCreate, signal: AbortSignal): Promise<MeshUpgrade>
  get(project: string, id: string): Soon<MeshUpgrade>
  /**
   * invalid when anything but `spec.currentStep` differs from what is stored.
   * @param may told the upgrade that the step is judged on, before it is: what a step means depends on it. Throws to
   * refuse. Called again when somebody changed the upgrade meanwhile.
   */
  put(project: string, id: string, body: UpgradeUpdate, may: (now: MeshUpgrade) => void): Promise<MeshUpgrade>
  /** Answers with the last state. */
  remove(project: string, id: string): Promise<MeshUpgrade>
  /** `id`: of a job, a subjob or an upgrade. */
  job(project: string, id: string): Soon<Job>
  /** Newest first. not-found when `after` is no upgrade of the project. */
  list(project: string, asked: UpgradesAsked): Promise<UpgradeList>
  describe(project: string, id: string): Promise<UpgradeDetail>
  plan(project: string, id: string, signal: AbortSignal): Promise<UpgradePlan>
  /** Those with a number above `after`, oldest first. */
  notes(project: string, id: string, after: number, limit: number): Promise<NoteList>
  /** The same as they come, until the upgrade is over and told to its end, or the signal is aborted. */
  noteStream(project: string, id: string, after: number, signal: AbortSignal): AsyncIterable<Note>
  findings(project: string, id: string): Promise<FindingList>
  abandon(project: string, id: string): Promise<UpgradeDetail>
  /** PreCheck without a task. */
  check(project: string, mesh: MeshRecord, targetVersion: string, signal: AbortSignal): Promise<CheckReport>
}

export interface UpgradesAsked {
  /** Only those of these meshes: the ones that the caller may list. */
  readonly meshes: readonly string[]
  readonly state?: UpgradeState
  /** Id of an upgrade: what is older follows. */
  readonly after?: string
  readonly limit: number
}

/** What can be asked of clusters without an upgrade. */
export interface ClusterDoor {
  /** Never throws for a cluster that cannot be used: that is its answer. */
  test(cluster: ClusterRecord, signal: AbortSignal): Promise<ClusterTest>
  /** The version of the Istio that is on these clusters. invalid (`meshes/no-istio`, `meshes/versions-differ`); unavailable, forbidden when it cannot look. */
  adopt(clusters: readonly ClusterRecord[], signal: AbortSignal): Promise<{ readonly version: string }>
  /** It is not registered any more: nothing watches it from now on. */
  forget(cluster: ClusterRecord): Promise<void>
}

/** Where failures go that are ours. */
export interface Log {
  error(facts: { readonly requestId: string; readonly err: unknown }, text: string): void
}

/** What one caller may take of the server. Sizes that clients rely on are documented and stand in `gate/sizes.ts`. */
export interface Limits {
  /** Requests a minute of one principal: a user, or an address of nobody known; a tenth as many log-ins. 0: no limit. */
  readonly requestsPerMinute: number
  /** Connections at once. */
  readonly connections: number
}

export interface Parts {
  readonly access: Access
  readonly limits: Limits
  readonly registry: RegistryStore
  readonly desk: Pick<TaskDesk, 'list' | 'subjects'>
  readonly upgrades: UpgradeDoor
  readonly clusters: ClusterDoor
  readonly now: () => number
  readonly newId: NewId
  readonly log: Log
}
