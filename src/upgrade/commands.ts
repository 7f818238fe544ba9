/** What callers ask of an upgrade: judged against the record when it arrives, folded into it by the next tick. Pure. */

import { assertNever, Problem } from '../lib/problem.ts'
import { plan, rollback } from './plan.ts'
import { unknownControlPlane, controlPlaneFor } from './istio/revisions.ts'
import { sentences, type Reason } from './reason.ts'
import { steps, currentJob, type JobKind, type Step, type StepAction, type UpgradeRecord } from './record.ts'

export type UpgradeCommand =
  | { readonly do: 'execute'; readonly step: Step }
  | { readonly do: 'retry' }
  | { readonly do: 'rollback'; readonly step: Step }
  | { readonly do: 'abandon' }

export const commandSentences = sentences('command', {
  execute: 'Asked to execute {step}.',
  retry: 'Asked to retry {step}.',
  rollback: 'Asked to roll back.',
  abandon: 'Asked to abandon the upgrade; nothing more is written to the mesh.',
  starting: '{step} is about to start.',
})
const say = commandSentences.say

export interface NewUpgrade {
  readonly id: string
  readonly name: string
  readonly project: string
  readonly mesh: UpgradeRecord['mesh']
  readonly asked: UpgradeRecord['asked']
  readonly version: string
  readonly now: number
}

/** The record as it is before the first tick; its first command is `execute PreCheck`. */
export function newUpgrade({ id, name, project, mesh, asked, version, now }: NewUpgrade): UpgradeRecord {
  const ids = (stages: readonly { readonly id: string }[]): readonly string[] => stages.map((stage) => stage.id)
  return {
    format: 1,
    id,
    name,
    project,
    mesh,
    asked,
    from: unknownControlPlane,
    to: controlPlaneFor(version),
    baseRelease: '',
    createdAt: now,
    updatedAt: now,
    step: 'PreCheck',
    direction: 'forward',
    plan: {
      PreCheck: ids(plan.PreCheck),
      ControlPlaneUpgrade: ids(plan.ControlPlaneUpgrade),
      DataPlaneUpgrade: ids(plan.DataPlaneUpgrade),
      PostUpgrade: ids(plan.PostUpgrade),
    },
    rollback: ids(rollback),
    stage: plan.PreCheck[0]?.id ?? '',
    standing: 'succeeded',
    reason: say.starting({ step: 'PreCheck' }),
    waiting: { on: '', since: now },
    attempts: 0,
    actedAt: 0,
    pastReturn: false,
    touched: false,
    jobs: [],
  }
}

export interface Asked {
  readonly name: Step
  readonly action: StepAction
}

export type Admission = { readonly kind: 'start'; readonly command: UpgradeCommand } | { readonly kind: 'same' }

/**
 * @param open a command that was accepted and not folded yet
 * @throws conflict (409) saying what would be accepted
 */
export function admit(record: UpgradeRecord, open: UpgradeCommand | undefined, asked: Asked): Admission {
  if (record.ended) throw refused(record, `the upgrade has ended (${record.ended})`)
  if (open) {
    if (sameCommand(open, asked)) return { kind: 'same' }
    throw refused(record, 'another command was accepted a moment ago', open)
  }
  switch (asked.action) {
    case 'Execute':
      return admitExecute(record, asked.name)
    case 'Retry':
      return admitRetry(record, asked.name)
    case 'Rollback':
      return admitRollback(record, asked.name)
  }
}

function admitExecute(record: UpgradeRecord, step: Step): Admission {
  if (record.direction === 'back') throw refused(record, 'the upgrade is being rolled back')
  const [at, wanted] = [steps.indexOf(record.step), steps.indexOf(step)]
  const started = currentJob(record) !== undefined
  if (started && wanted === at && record.standing === 'working') return { kind: 'same' }
  if (wanted < at || (wanted === at && record.standing === 'succeeded' && started))
    throw refused(record, `${step} is already done`)
  if (wanted === at && started)
    throw refused(
      record,
      `${step} has ${record.standing === 'held' ? 'stopped and waits' : 'failed'}: ${record.reason.text}`,
    )
  if (wanted > at + 1 || record.standing !== 'succeeded')
    throw refused(record, `${step} can only start after ${steps[wanted - 1]} has succeeded`)
  return { kind: 'start', command: { do: 'execute', step } }
}

function admitRetry(record: UpgradeRecord, step: Step): Admission {
  if (step !== record.step) throw refused(record, `the step at work is ${record.step}, not ${step}`)
  if (record.standing === 'held' || record.standing === 'failed') return { kind: 'start', command: { do: 'retry' } }
  if (record.standing === 'working' && currentJob(record)?.action === 'Retry') return { kind: 'same' }
  throw refused(record, `${step} has not failed and is not held`)
}

function admitRollback(record: UpgradeRecord, step: Step): Admission {
  if (record.pastReturn) throw refused(record, 'the old control plane is being removed; there is no way back')
  if (steps.indexOf(step) > steps.indexOf(record.step)) throw refused(record, `${step} was not started`)
  if (record.direction === 'back') {
    if (record.standing === 'working') return { kind: 'same' }
    throw refused(record, 'the upgrade is being rolled back already and has stopped')
  }
  return { kind: 'start', command: { do: 'rollback', step } }
}

/** What a PUT would be accepted for now. */
export function accepted(record: UpgradeRecord, open?: UpgradeCommand): readonly Asked[] {
  if (record.ended || open) return []
  const next = steps[steps.indexOf(record.step) + 1]
  const forward = record.direction === 'forward'
  return [
    ...(forward && record.standing === 'succeeded' && next ? [{ name: next, action: 'Execute' as const }] : []),
    ...(record.standing === 'held' || record.standing === 'failed'
      ? [{ name: record.step, action: 'Retry' as const }]
      : []),
    ...(forward && !record.pastReturn ? [{ name: record.step, action: 'Rollback' as const }] : []),
  ]
}

/** Deleting only removes the record: refused while the mesh is in between (asm-api Q15). */
export function mayDelete(record: UpgradeRecord, open?: UpgradeCommand): boolean {
  return record.ended !== undefined || (!record.touched && !(open?.do === 'execute' && open.step !== 'PreCheck'))
}

function sameCommand(open: UpgradeCommand, asked: Asked): boolean {
  switch (open.do) {
    case 'execute':
      return asked.action === 'Execute' && asked.name === open.step
    case 'retry':
      return asked.action === 'Retry'
    case 'rollback':
      return asked.action === 'Rollback'
    case 'abandon':
      return false
  }
}

function refused(record: UpgradeRecord, why: string, open?: UpgradeCommand): Problem {
  const would = accepted(record, open).map(({ name, action }) => `${action} ${name}`)
  const next = would.length > 0 ? ` Accepted now: ${would.join(', ')}.` : ''
  return new Problem({
    kind: 'conflict',
    code: 'command/refused',
    text: `${record.name}: ${why.replace(/\.$/, '')}.${next}`,
  })
}

/** The record once the command is at work. `id` is the job's. */
export function fold(
  record: UpgradeRecord,
  command: UpgradeCommand,
  id: string,
  now: number,
): { readonly record: UpgradeRecord; readonly because: Reason } {
  const started = { ...record, updatedAt: now, attempts: 0, waiting: { on: '', since: now } }
  const job = (kind: JobKind, action: StepAction, named: Step): UpgradeRecord['jobs'] => [
    ...record.jobs,
    { id, kind, action, named, phase: 'Running', reason: '', createdAt: now, startedAt: now },
  ]
  switch (command.do) {
    case 'execute': {
      const { step } = command
      const stage = record.plan[step][0] ?? ''
      return {
        record: {
          ...started,
          step,
          stage,
          standing: 'working',
          jobs: job(step, 'Execute', step),
          touched: record.touched || step !== 'PreCheck',
        },
        because: say.execute({ step }),
      }
    }
    case 'retry': {
      const kind = record.direction === 'back' ? 'Rollback' : record.step
      // A check that failed is repeated from its beginning; elsewhere the stage that stopped is looked at again.
      const stage = kind === 'PreCheck' ? (record.plan.PreCheck[0] ?? '') : record.stage
      return {
        record: {
          ...started,
          stage,
          standing: 'working',
          jobs: closed(job(kind, 'Retry', record.step), 'stopped: it was retried', now),
        },
        because: say.retry({ step: kind }),
      }
    }
    case 'rollback':
      return {
        record: {
          ...started,
          direction: 'back',
          stage: record.rollback[0] ?? '',
          standing: 'working',
          jobs: closed(job('Rollback', 'Rollback', command.step), 'stopped: the upgrade is rolled back', now),
        },
        because: say.rollback(),
      }
    case 'abandon':
      return {
        record: {
          ...started,
          ended: 'abandoned',
          jobs: closed(record.jobs, 'stopped: the upgrade was abandoned', now, 0),
        },
        because: say.abandon(),
      }
    default:
      return assertNever(command)
  }
}

/** Jobs that another one takes over from have ended; all but the last `keep`. What they stopped at stays readable. */
function closed(jobs: UpgradeRecord['jobs'], why: string, now: number, keep = 1): UpgradeRecord['jobs'] {
  return jobs.map((job, index) =>
    index >= jobs.length - keep || job.completedAt !== undefined
      ? job
      : {
          ...job,
          phase: 'Failed' as const,
          reason: job.reason === '' ? why : `${why}; it stood at: ${job.reason}`,
          completedAt: now,
        },
  )
}
