/** Record + rows + notes -> what callers see. MeshUpgrade and Job are views: no field of theirs is stored twice. Pure. */

import type { Note, StageView, UpgradeDetail, UpgradeSummary, WorkRow } from '../contract/extensions.ts'
import type { Job } from '../contract/jobs.ts'
import type { MeshUpgrade } from '../contract/upgrades.ts'
import { timestamp } from '../lib/clock.ts'
import { accepted, mayDelete, type UpgradeCommand } from './commands.ts'
import type { NoteBody } from './note.ts'
import { stageById } from './plan.ts'
import { steps, type JobKind, type JobRecord, type UpgradeRecord } from './record.ts'
import type { Row } from './rows.ts'

/** What is shown is the record and the command that waits to be folded into it. */
export interface Shown {
  readonly record: UpgradeRecord
  readonly open: { readonly id: string; readonly body: UpgradeCommand; readonly at: number } | undefined
}

type State = MeshUpgrade['status']['state']
type Phase = MeshUpgrade['status']['currentStep']['phase']

/** The jobs as they will be once the open command is folded: its id was minted with it, so an answer can already name it. */
function jobsOf({ record, open }: Shown): readonly JobRecord[] {
  if (!open || open.body.do === 'abandon') return record.jobs
  const kind: JobKind =
    open.body.do === 'execute'
      ? open.body.step
      : open.body.do === 'rollback' || record.direction === 'back'
        ? 'Rollback'
        : record.step
  const action = open.body.do === 'execute' ? 'Execute' : open.body.do === 'retry' ? 'Retry' : 'Rollback'
  const named = open.body.do === 'retry' ? record.step : open.body.step
  return [...record.jobs, { id: open.id, kind, action, named, phase: 'Initializing', reason: '', createdAt: open.at }]
}

function stateOf({ record, open }: Shown): State {
  if (record.ended)
    return record.ended === 'success' ? 'Success' : record.ended === 'rolled-back' ? 'RolledBack' : 'Cancel'
  if (open?.body.do === 'abandon') return 'Cancel'
  const back = record.direction === 'back' || open?.body.do === 'rollback'
  if (open) return back ? 'RollingBack' : record.jobs.length === 0 ? 'Init' : 'Running'
  if (back) return record.standing === 'failed' ? 'RollbackFailed' : 'RollingBack'
  return record.standing === 'working' ? 'Running' : 'Pending'
}

function phaseOf({ record, open }: Shown): Phase {
  if (open) return 'Queuing'
  if (record.jobs.length === 0) return 'Init'
  // Its job was closed as failed; nothing runs any more.
  if (record.ended === 'abandoned' && record.standing !== 'succeeded') return 'Failed'
  switch (record.standing) {
    case 'working':
      return 'Running'
    case 'held':
      return 'Pause'
    case 'failed':
      return 'Failed'
    case 'succeeded':
      return 'Success'
  }
}

export function meshUpgradeView(shown: Shown): MeshUpgrade {
  const { record, open } = shown
  const job = jobsOf(shown).at(-1)
  return {
    kind: 'MeshUpgrade',
    apiVersion: 'v1',
    metadata: { name: record.name, uid: record.id, creationTimestamp: timestamp(record.createdAt) },
    spec: {
      meshId: record.mesh.id,
      upgradeStrategy: 'Canary',
      // Resolved once and echoed so (asm-api section 13); a PUT may say it either way.
      targetVersion: record.to.version,
      targetType: 'InCluster',
      currentStep: { name: job?.named ?? record.step, action: job?.action ?? 'Execute' },
    },
    status: {
      state: stateOf(shown),
      currentStep: {
        id: job?.id ?? record.id,
        phase: phaseOf(shown),
        ...(job?.startedAt === undefined ? {} : { startTime: timestamp(job.startedAt) }),
      },
      updatedAt: timestamp(Math.max(record.updatedAt, open?.at ?? 0)),
    },
  }
}

const types: Readonly<Record<JobKind, string>> = {
  PreCheck: 'MeshUpgradePreCheck',
  ControlPlaneUpgrade: 'MeshUpgradeControlPlane',
  DataPlaneUpgrade: 'MeshUpgradeDataPlane',
  PostUpgrade: 'MeshUpgradePost',
  Rollback: 'MeshUpgradeRollback',
}

interface JobFacts {
  readonly id: string
  readonly type: string
  readonly resourceName?: string
  readonly createdAt: number
  readonly phase: Job['status']['phase']
  readonly reason: string
  readonly startedAt?: number | undefined
  readonly completedAt?: number | undefined
  readonly subjobs?: readonly Job[]
}

function jobView(facts: JobFacts): Job {
  const updated = Math.max(facts.createdAt, facts.startedAt ?? 0, facts.completedAt ?? 0)
  return {
    kind: 'Job',
    apiVersion: 'v3',
    metadata: { uid: facts.id, creationTimestamp: timestamp(facts.createdAt), updateTimestamp: timestamp(updated) },
    spec: {
      type: facts.type,
      ...(facts.resourceName === undefined ? {} : { resourceName: facts.resourceName }),
      ...(facts.subjobs === undefined ? {} : { subjobs: facts.subjobs }),
    },
    status: {
      phase: facts.phase,
      reason: facts.reason,
      ...(facts.startedAt === undefined ? {} : { startTime: timestamp(facts.startedAt) }),
      ...(facts.completedAt === undefined ? {} : { completionTime: timestamp(facts.completedAt) }),
    },
  }
}

/** A started step as a job: step > stage > cluster > object. */
export function stepJobView(job: JobRecord, rows: readonly Row[]): Job {
  return jobView({ ...job, type: types[job.kind], subjobs: belowOf('', treeOf(rows), job) })
}

/** The root job that a task's own uid answers to: its step jobs in order. */
export function rootJobView(shown: Shown, rowsOf: (job: string) => readonly Row[]): Job {
  const { record } = shown
  const state = stateOf(shown)
  const jobs = jobsOf(shown)
  const phase =
    state === 'Success' || state === 'RolledBack'
      ? 'Success'
      : state === 'Cancel' || state === 'RollbackFailed' || (state === 'Pending' && record.standing === 'failed')
        ? 'Failed'
        : jobs.length === 0 || state === 'Init'
          ? 'Initializing'
          : 'Running'
  const ended = phase === 'Success' || phase === 'Failed' ? jobs.at(-1)?.completedAt : undefined
  return jobView({
    id: record.id,
    type: 'MeshUpgrade',
    resourceName: record.mesh.name,
    createdAt: record.createdAt,
    phase,
    reason: record.reason.text,
    startedAt: jobs[0]?.startedAt,
    completedAt: ended,
    subjobs: jobs.map((job) => stepJobView(job, rowsOf(job.id))),
  })
}

/** The subjob of this row, with everything below it. */
export function subjobView(row: Row, rows: readonly Row[], job: JobRecord): Job {
  return rowView(row, treeOf(rows), job, true)
}

/** The jobs of an upgrade by id, the one of an open command included. */
export function jobOf(shown: Shown, id: string): JobRecord | undefined {
  return jobsOf(shown).find((job) => job.id === id)
}

/** Rows by the path of the row above them; '' for stages. */
type Tree = ReadonlyMap<string, readonly Row[]>

/** A namespace's row stands above its workloads' where there is one, else the cluster's does. */
function treeOf(rows: readonly Row[]): Tree {
  const paths = new Set(rows.map((row) => row.path))
  return Map.groupBy(rows, (row) => {
    for (let at = row.path.lastIndexOf('/'); at > 0; at = row.path.lastIndexOf('/', at - 1)) {
      const above = row.path.slice(0, at)
      if (paths.has(above)) return above
    }
    return ''
  })
}

const levels = ['stage', 'cluster', 'object'] as const

function rowView(row: Row, tree: Tree, job: JobRecord, asked: boolean): Job {
  const depth = row.path.split('/').length
  const below = belowOf(row.path, tree, job)
  return jobView({
    id: row.id,
    type: `${types[job.kind]}.${levels[Math.min(depth, levels.length) - 1]}`,
    resourceName: row.title,
    createdAt: row.startedAt ?? job.createdAt,
    phase: row.phase,
    reason: row.reason,
    startedAt: row.startedAt,
    completedAt: row.completedAt,
    ...(below.length > 0 || asked ? { subjobs: below } : {}),
  })
}

function belowOf(path: string, tree: Tree, job: JobRecord): readonly Job[] {
  return (tree.get(path) ?? []).map((row) => rowView(row, tree, job, false))
}

export function summaryView(shown: Shown): UpgradeSummary {
  const { record } = shown
  const view = meshUpgradeView(shown)
  return {
    id: record.id,
    name: record.name,
    mesh: { id: record.mesh.id, name: record.mesh.name },
    from: { revision: record.from.revision, version: record.from.version },
    to: { revision: record.to.revision, version: record.to.version },
    state: view.status.state,
    step: record.step,
    phase: view.status.currentStep.phase,
    direction: record.direction,
    reason: { code: record.reason.code, text: record.reason.text },
    since: timestamp(record.waiting.since),
    createdAt: timestamp(record.createdAt),
    updatedAt: view.status.updatedAt,
  }
}

export function detailView(shown: Shown, rowsOf: (job: string) => readonly Row[]): UpgradeDetail {
  const { record, open } = shown
  const jobs = jobsOf(shown)
  const workOf = (kind: JobKind, ids: readonly string[]): UpgradeDetail['steps'][number] | undefined => {
    const mine = jobs.filter((job) => job.kind === kind)
    const last = mine.at(-1)
    // A retried step is one piece of work: rows of earlier tries stand until the newest try has its own.
    const rows = [...new Map(mine.flatMap((job) => rowsOf(job.id)).map((row) => [row.path, row])).values()]
    const stages = ids.map((id) => stageView(id, rows))
    const phase: Phase = !last
      ? 'Init'
      : last.completedAt !== undefined
        ? last.phase === 'Success'
          ? 'Success'
          : 'Failed'
        : last === jobs.at(-1)
          ? phaseOf(shown)
          : 'Running'
    return {
      name: kind as UpgradeDetail['steps'][number]['name'],
      phase,
      stages,
      ...(last ? { job: last.id } : {}),
      ...(last?.startedAt === undefined ? {} : { startTime: timestamp(last.startedAt) }),
      ...(last?.completedAt === undefined ? {} : { completionTime: timestamp(last.completedAt) }),
    }
  }
  const back = jobs.some((job) => job.kind === 'Rollback') ? workOf('Rollback', record.rollback) : undefined
  const rollback = back && (({ name: _name, ...rest }) => rest)(back)
  return {
    ...summaryView(shown),
    steps: steps.flatMap((step) => workOf(step, record.plan[step]) ?? []),
    ...(rollback ? { rollback } : {}),
    accepts: accepted(record, open?.body).map(({ name, action }) => ({ name, action })),
    mayAbandon: record.ended === undefined && open?.body.do !== 'abandon',
    mayDelete: mayDelete(record, open?.body),
    closing: record.closing ?? [],
  }
}

function stageView(id: string, rows: readonly Row[]): StageView {
  const own = rows.find((row) => row.path === id)
  const below = rows.filter((row) => row.path.startsWith(`${id}/`))
  const work = below.map((row): WorkRow => ({
    path: row.path.slice(id.length + 1),
    title: row.title,
    phase: row.phase,
    reason: row.reason,
    ...(row.startedAt === undefined ? {} : { startTime: timestamp(row.startedAt) }),
    ...(row.completedAt === undefined ? {} : { completionTime: timestamp(row.completedAt) }),
  }))
  return {
    id,
    title: stageById(id)?.title ?? id,
    phase: own?.phase ?? 'Initializing',
    reason: own?.reason ?? '',
    rows: work,
  }
}

export function noteView(note: { readonly number: number; readonly at: number; readonly body: unknown }): Note {
  const body = note.body as NoteBody
  return {
    number: note.number,
    at: timestamp(note.at),
    kind: body.kind,
    step: body.step,
    ...(body.stage === undefined ? {} : { stage: body.stage }),
    code: body.code,
    text: body.text,
    ...(body.actions === undefined ? {} : { actions: body.actions }),
  }
}

/** The phase of the mesh while this is its newest upgrade (asm-api Q18). */
export function meshPhase({
  record,
}: Shown): 'Running' | 'Upgrading' | 'UpgradeFailed' | 'RollingBack' | 'RollbackFailed' {
  if (record.ended || !record.touched) return 'Running'
  if (record.direction === 'back') return record.standing === 'failed' ? 'RollbackFailed' : 'RollingBack'
  return record.standing === 'failed' ? 'UpgradeFailed' : 'Upgrading'
}
