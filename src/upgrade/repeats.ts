/**
 * Doing the same thing twice in a row means that it did not last: a GitOps tool puts a label back, a finalizer keeps what
 * was deleted. Without a limit both fight as fast as the machine can (seen: a thousand writes in a moment).
 *
 *   first            at once
 *   second           after a pause, once: the change may have met somebody's in flight
 *   from then on     hold, naming the object; goes on when the stage answers otherwise, or after a retry (a new job)
 */

import { describeAction, type Action } from './actions.ts'
import type { NamespaceFact } from './mesh.ts'
import { writerOf } from './moves/namespace-moves.ts'
import { sentences } from './reason.ts'
import type { Acts, UpgradeRecord } from './record.ts'
import type { Verdict } from './stage.ts'

export const repeatsSentences = sentences('repeats', {
  pausing:
    '{action} was done a moment ago and has not lasted, or is not to be seen yet. Looking again before anything is repeated.',
  undone:
    '{action} was done {times} times and does not last: {writer} may change it back, or the program ended each time. Nothing more is written; see what changes the object, keep it off for as long as the upgrade runs, and retry.',
  lingering:
    '{action} was done {times} times and the object is still there: a finalizer keeps it, or {writer} makes it again. It goes on by itself when the object is gone.',
})

/** Before the second, and after it before a person is asked: a write may take that long to be seen. */
const pausesMs = [2000, 10_000] as const
const lookAgainMs = 1000
/** Of one stage; a mesh of thousands of workloads must not make the record long. */
const remembered = 100

/**
 * The first of a list stands for it: it is the one that was certainly tried. A list that a crash cut short goes on with
 * another first one.
 */
function standsFor(verdict: { readonly actions: readonly Action[] }): string | undefined {
  const [first] = verdict.actions
  // Left by our own failed install, which fails with a reason of its own and waits longer each time.
  if (!first || first.do === 'clear-release') return undefined
  return `${first.cluster} ${describeAction(first)}`
}

function actsOf(record: UpgradeRecord): Acts['newest'] {
  const { acts } = record
  return acts?.job === record.jobs.at(-1)?.id && acts?.stage === record.stage ? acts.newest : []
}

function withActs(record: UpgradeRecord, newest: Acts['newest']): UpgradeRecord {
  return { ...record, acts: { job: record.jobs.at(-1)?.id ?? '', stage: record.stage, newest } }
}

/** What a stage wants to do, or a pause or a hold instead when it has done the same before. Pure. */
export function damped(
  verdict: Verdict,
  record: UpgradeRecord,
  now: number,
  namespaces: readonly NamespaceFact[] = [],
): Verdict {
  const [first] = verdict.kind === 'act' ? verdict.actions : []
  if (verdict.kind !== 'act' || !first) return verdict
  const what = standsFor(verdict)
  const known = actsOf(record).find((one) => one.what === what)
  if (!known) return verdict
  const { about, progress } = verdict
  const same = { ...(about !== undefined && { about }), ...(progress && { progress }) }
  const action = describeAction(first)
  const left = known.at + (pausesMs[known.times - 1] ?? pausesMs[1]) - now
  if (left > 0)
    return {
      kind: 'wait',
      lookAgainInMs: Math.min(left, lookAgainMs),
      because: repeatsSentences.say.pausing({ action }),
      ...same,
    }
  if (known.times < pausesMs.length) return verdict
  const facts = { action, times: known.times, writer: writerAt(first, namespaces) }
  const say = repeatsSentences.say
  const deletes = first.do === 'delete-object' || first.do === 'delete-snapshot'
  return { kind: 'hold', needs: 'repair', because: deletes ? say.lingering(facts) : say.undone(facts), ...same }
}

function writerAt(action: Action, namespaces: readonly NamespaceFact[]): string {
  const of =
    action.do === 'label-namespace' || action.do === 'restore-namespace' || action.do === 'forget-namespace'
      ? namespaces.find((one) => one.cluster === action.cluster && one.name === action.target.name)
      : undefined
  return of ? writerOf(of) : 'somebody'
}

/** The record knows of it before it is done: a crash in between counts too, so that one cannot be repeated for ever either. */
export function withAct(
  record: UpgradeRecord,
  verdict: Verdict & { readonly kind: 'act' },
  now: number,
): UpgradeRecord {
  const what = standsFor(verdict)
  if (what === undefined) return record
  const others = actsOf(record).filter((one) => one.what !== what)
  const times = (actsOf(record).find((one) => one.what === what)?.times ?? 0) + 1
  return withActs(record, [...others, { what, times, at: now }].slice(-remembered))
}

/** It was refused, so it had no effect that somebody could undo; a refusal has a back-off of its own. */
export function withoutAct(record: UpgradeRecord, verdict: Verdict & { readonly kind: 'act' }): UpgradeRecord {
  const what = standsFor(verdict)
  const newest = actsOf(record).flatMap((one) =>
    one.what !== what ? [one] : one.times > 1 ? [{ ...one, times: one.times - 1 }] : [],
  )
  return withActs(record, newest)
}
