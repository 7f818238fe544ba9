/** What the documented API has no words for. Below `/meshlift/v1/{project_id}/`. */

import { Type } from 'typebox'
import { JobPhase } from './jobs.ts'
import { Id, Reason, Text, Timestamp } from './shape.ts'
import type { Shape } from './shape.ts'
import { StepAction, StepName, StepPhase, UpgradeState } from './upgrades.ts'

const pageSize = Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$', accepts: 'a number from 1 to 1000' })

// The server's working folder is nobody's business, so a path that depends on it means nothing to a caller.
const absolute = Type.String({ pattern: '^/.', maxLength: 4096, accepts: 'an absolute path on the server' })

const where = {
  /** A path on the server's machine; nothing of the file is copied. */
  kubeconfig: Type.Optional(absolute),
  /** A context of that file; its current one when absent. */
  context: Type.Optional(Text),
  /** The cluster that the server itself runs in. */
  inCluster: Type.Optional(Type.Boolean()),
  /** Where Istio's charts come from: a folder, a repository's address, an OCI reference. */
  charts: Type.Optional(
    Type.String({
      pattern: '^(/|oci://|https?://).',
      maxLength: 4096,
      accepts: 'an absolute path on the server, or an address starting with https:// or oci://',
    }),
  ),
  /** A file with the versions and hops that are allowed. */
  catalogue: Type.Optional(absolute),
  /** The `helm` program; the one in the search path when absent. */
  helm: Type.Optional(absolute),
}

export const ClusterCreate = Type.Object({
  name: Type.String({
    pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
    accepts: '1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends',
  }),
  ...where,
})
export type ClusterCreate = Shape<typeof ClusterCreate>

export const Cluster = Type.Object({
  id: Id,
  name: Type.String(),
  ...where,
  /** Made by the server in memory; there is nothing to reach. */
  simulated: Type.Optional(Type.Boolean()),
  createdAt: Timestamp,
})
export type Cluster = Shape<typeof Cluster>

export const ClusterList = Type.Object({ items: Type.Array(Cluster) })
export type ClusterList = Shape<typeof ClusterList>

/** What was found when it was tried. `problem` is there exactly when it could not be used. */
export const ClusterTest = Type.Object({
  cluster: Type.String(),
  reachable: Type.Boolean(),
  /** `v1.35.4` */
  kubernetes: Type.Optional(Type.String()),
  /** `v4.1.4` */
  helm: Type.Optional(Type.String()),
  controlPlanes: Type.Array(Type.Object({ revision: Type.String(), version: Type.String(), ready: Type.Boolean() })),
  problem: Type.Optional(Reason),
})
export type ClusterTest = Shape<typeof ClusterTest>

const ControlPlane = Type.Object({ revision: Type.String(), version: Type.String() })
const MeshRef = Type.Object({ id: Id, name: Type.String() })

/** `mesh`: id or name. */
export const CheckRequest = Type.Object({ mesh: Text, targetVersion: Text })
export type CheckRequest = Shape<typeof CheckRequest>

const finding = Type.Object({
  /** Id of the check. */
  check: Type.String(),
  weight: Type.Enum(['blocks', 'warns'] as const),
  /** The object, by name: `shop/cart`. */
  about: Type.String(),
  code: Type.String(),
  /** Says what to do next. */
  text: Type.String(),
})

/** What the checks of an upgrade found when they ran last; empty before. */
export const FindingList = Type.Object({ items: Type.Array(finding) })
export type FindingList = Shape<typeof FindingList>

/** `enterpriseProject`: id; `0` is the default one. */
export const MeshMove = Type.Object({ enterpriseProject: Text })
export type MeshMove = Shape<typeof MeshMove>

/** PreCheck without a task: nothing is stored, nothing is touched. */
export const CheckReport = Type.Object({
  mesh: MeshRef,
  from: ControlPlane,
  to: ControlPlane,
  findings: Type.Array(finding),
  /** Every check that ran; `findings` counts what it found. */
  checks: Type.Array(Type.Object({ id: Type.String(), title: Type.String(), findings: Type.Integer() })),
})
export type CheckReport = Shape<typeof CheckReport>

const summary = {
  id: Id,
  name: Type.String(),
  mesh: MeshRef,
  from: ControlPlane,
  to: ControlPlane,
  state: UpgradeState,
  step: StepName,
  phase: StepPhase,
  direction: Type.Enum(['forward', 'back'] as const),
  /** What it is doing or waiting for. */
  reason: Reason,
  /** Since when that is so. */
  since: Timestamp,
  createdAt: Timestamp,
  updatedAt: Timestamp,
}

export const UpgradeSummary = Type.Object(summary)
export type UpgradeSummary = Shape<typeof UpgradeSummary>

/** Newest first. `next` is there when there are more: ask again with `after` = `next`. */
export const UpgradeList = Type.Object({ items: Type.Array(UpgradeSummary), next: Type.Optional(Id) })
export type UpgradeList = Shape<typeof UpgradeList>

/** `mesh`: id or name. `after`: an upgrade's id; what is older follows. `limit`: 100 when absent, 1000 at most. */
export const UpgradeListQuery = Type.Object({
  mesh: Type.Optional(Text),
  state: Type.Optional(UpgradeState),
  after: Type.Optional(Text),
  limit: Type.Optional(pageSize),
})
export type UpgradeListQuery = Shape<typeof UpgradeListQuery>

/** One thing that a stage works on. `path` is `/`-joined: what stands before the last `/` is its parent. */
export const WorkRow = Type.Object({
  path: Type.String(),
  title: Type.String(),
  phase: JobPhase,
  reason: Type.String(),
  startTime: Type.Optional(Timestamp),
  completionTime: Type.Optional(Timestamp),
})
export type WorkRow = Shape<typeof WorkRow>

export const StageView = Type.Object({
  id: Type.String(),
  title: Type.String(),
  phase: JobPhase,
  reason: Type.String(),
  rows: Type.Array(WorkRow),
})
export type StageView = Shape<typeof StageView>

const work = {
  phase: StepPhase,
  /** Absent until it was started. */
  job: Type.Optional(Id),
  startTime: Type.Optional(Timestamp),
  completionTime: Type.Optional(Timestamp),
  stages: Type.Array(StageView),
}

export const StepView = Type.Object({ name: StepName, ...work })
export type StepView = Shape<typeof StepView>

export const RollbackView = Type.Object(work)
export type RollbackView = Shape<typeof RollbackView>

/** All that the command line shows of one upgrade. */
export const UpgradeDetail = Type.Object({
  ...summary,
  /** All four, in order. */
  steps: Type.Array(StepView),
  /** Absent until it was asked for. */
  rollback: Type.Optional(RollbackView),
  /** What a PUT would be accepted for now. */
  accepts: Type.Array(Type.Object({ name: StepName, action: StepAction })),
  mayAbandon: Type.Boolean(),
  mayDelete: Type.Boolean(),
  /** What to put into Git and Helm now; empty until it succeeded. */
  closing: Type.Array(Type.String()),
})
export type UpgradeDetail = Shape<typeof UpgradeDetail>

const StagePlan = Type.Object({
  id: Type.String(),
  title: Type.String(),
  /** One line each; empty for a stage that only looks. */
  actions: Type.Array(Type.String()),
})

/** A dry run: what will be done, in order, as far as it can be known from what is seen now. */
export const UpgradePlan = Type.Object({
  upgrade: Id,
  steps: Type.Array(Type.Object({ name: StepName, stages: Type.Array(StagePlan) })),
  rollback: Type.Array(StagePlan),
})
export type UpgradePlan = Shape<typeof UpgradePlan>

/** One line of the diary. */
export const Note = Type.Object({
  /** 1, 2, ... within an upgrade. */
  number: Type.Integer(),
  at: Timestamp,
  /** `command` for what a caller asked, else the verdict of the stage. */
  kind: Type.Enum(['command', 'done', 'act', 'wait', 'hold', 'fail'] as const),
  step: StepName,
  /** Absent for commands. */
  stage: Type.Optional(Type.String()),
  code: Type.String(),
  text: Type.String(),
  /** What was done next, one line each. */
  actions: Type.Optional(Type.Array(Type.String())),
})
export type Note = Shape<typeof Note>

/** Ask again with `after` = the last number. */
export const NoteList = Type.Object({ items: Type.Array(Note) })
export type NoteList = Shape<typeof NoteList>

const count = (accepts: string) => Type.String({ pattern: '^\\d{1,9}$', accepts })

/** `after`: 0 when absent. `limit`: 100 when absent, 1000 at most. */
export const NoteListQuery = Type.Object({
  after: Type.Optional(count('the number of a note, 0 for all of them')),
  limit: Type.Optional(pageSize),
})
