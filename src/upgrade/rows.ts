/** Progress of a stage as rows: step > stage > cluster > object. Only rows that changed are written. Pure. */

import { derivedId } from '../lib/ids.ts'
import type { Progress, Verdict } from './stage.ts'

export interface Row {
  readonly id: string
  readonly task: string
  readonly job: string
  readonly path: string
  readonly phase: 'Initializing' | 'Running' | 'Success' | 'Failed'
  readonly title: string
  readonly reason: string
  readonly startedAt?: number
  readonly completedAt?: number
}

export interface At {
  readonly task: string
  readonly job: string
  readonly stage: { readonly id: string; readonly title: string }
  readonly now: number
}

const phases: Readonly<Record<Verdict['kind'], Row['phase']>> = {
  done: 'Success',
  act: 'Running',
  wait: 'Running',
  hold: 'Running',
  fail: 'Failed',
}

export function heldText(verdict: Verdict): string {
  return verdict.kind === 'hold' ? `held: ${verdict.because.text}` : verdict.because.text
}

const mostRows = 200

/** So many objects as rows, and one row that says how many more there are. */
export function fewRows(progress: readonly Progress[], most = mostRows): readonly Progress[] {
  const [first] = progress
  if (!first || progress.length <= most) return progress
  const more: Progress = { ...first, object: 'more', reason: `and ${progress.length - most} more like these` }
  return [...progress.slice(0, most), more]
}

/** @param before what is stored of this job */
export function rowsOf(at: At, verdict: Verdict, before: readonly Row[]): readonly Row[] {
  const stored = new Map(before.map((row) => [row.path, row]))
  const stage = at.stage.id
  const clusters = [...new Set((verdict.progress ?? []).map((row) => row.cluster))]
  const wanted: {
    readonly path: string
    readonly title: string
    readonly phase: Row['phase']
    readonly reason: string
  }[] = [
    { path: stage, title: at.stage.title, phase: phases[verdict.kind], reason: heldText(verdict) },
    ...clusters.map((cluster) => ({
      path: `${stage}/${cluster}`,
      title: cluster,
      phase: phases[verdict.kind],
      reason: '',
    })),
    ...(verdict.progress ?? []).map((row: Progress) => ({
      path: `${stage}/${row.cluster}/${row.object}`,
      title: lastOf(row.object),
      phase: row.phase,
      reason: row.reason,
    })),
  ]
  const named = new Set(wanted.map((row) => row.path))
  const isOver = (phase: Row['phase']): boolean => (verdict.namesAll ? phase === 'Success' : isFinal(phase))
  // A stage that is done leaves nothing of its own running behind; what is not in the way any more does not stay red.
  const finished =
    verdict.kind === 'done' || verdict.namesAll
      ? before
          .filter((row) => row.path.startsWith(`${stage}/`) && !named.has(row.path) && !isOver(row.phase))
          .map((row) => ({ ...row, phase: 'Success' as const, reason: row.phase === 'Failed' ? '' : row.reason }))
      : []
  return [...wanted, ...finished].flatMap((row) => {
    const old = stored.get(row.path)
    if (old && old.phase === row.phase && old.reason === row.reason) return []
    const startedAt = old?.startedAt ?? (row.phase === 'Initializing' ? undefined : at.now)
    const completedAt = isFinal(row.phase) ? (old && isFinal(old.phase) ? old.completedAt : at.now) : undefined
    return [
      {
        id: old?.id ?? derivedId(at.job, row.path),
        task: at.task,
        job: at.job,
        path: row.path,
        phase: row.phase,
        title: row.title,
        reason: row.reason,
        ...(startedAt === undefined ? {} : { startedAt }),
        ...(completedAt === undefined ? {} : { completedAt }),
      },
    ]
  })
}

const isFinal = (phase: Row['phase']): boolean => phase === 'Success' || phase === 'Failed'
const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
