/**
 * One tick of an upgrade: fold the command, observe, decide, note, act. The only await in the room.
 *
 *   read record + open command -> observe -> ask -> decide (pure)
 *        -> ONE transaction { command folded, record, rows, note, side rows, next wake, epoch check }
 *        -> act, the epoch read again before each action -> look again
 *
 * A crash between any two of these loses nothing and repeats nothing: acting never makes a stage done, only the next look does.
 */

import type { Clock } from '../lib/clock.ts'
import { problemFrom, type Problem } from '../lib/problem.ts'
import { fold, type UpgradeCommand } from './commands.ts'
import type { Mesh, MeshPart, Observation, Parts } from './mesh.ts'
import { foundKey } from './found.ts'
import { stageById } from './plan.ts'
import { sentences } from './reason.ts'
import {
  currentJob,
  readRecord,
  steps,
  type Before,
  type JobRecord,
  type Standing,
  type UpgradeRecord,
} from './record.ts'
import { reactionTo, waitAfter } from './retry.ts'
import { damped, withAct, withoutAct } from './repeats.ts'
import { heldText, rowsOf, type Row } from './rows.ts'
import { actionLines, type NoteBody } from './note.ts'
import type { Outside, Settings, Situation, Stage, Verdict } from './stage.ts'

/** What a tick needs of durable work; `tasks/store.ts` has it. */
export interface Ledger {
  read(task: string): Promise<Entry | undefined>
  holds(epoch: number): Promise<void>
  items(job: string): Promise<readonly Row[]>
  kept(task: string, key: string): Promise<unknown>
  save(epoch: number, save: Saved): Promise<Entry>
}

export interface Entry {
  readonly id: string
  readonly state: unknown
  readonly version: number
  readonly command: { readonly id: string; readonly body: unknown; readonly at: number } | undefined
}

export interface Saved {
  readonly task: string
  readonly version: number
  readonly state: unknown
  readonly finished: boolean
  readonly wakeAt: number | undefined
  readonly folded?: string
  readonly items: readonly Row[]
  readonly notes: readonly { readonly at: number; readonly body: unknown }[]
  readonly keep: readonly { readonly key: string; readonly value: unknown }[]
}

export interface Engine {
  readonly ledger: Ledger
  readonly mesh: (record: UpgradeRecord) => Promise<Mesh>
  readonly outside: (record: UpgradeRecord) => Promise<Outside>
  readonly clock: Clock
  readonly settings: Settings
  /** For operators; a bug is loud. */
  readonly report: (record: UpgradeRecord, problem: Problem) => void
}

export const engineSentences = sentences('engine', {
  retrying: '{problem} Trying again ({attempts} attempts so far).',
  repair: '{problem} It is tried again by itself; retry looks at once.',
  unknownStage:
    'Stage {stage} of this upgrade is not known to this version of the program. Go back to the version that began it.',
})

const beforeKey = 'before'

/** What the next tick should do: look at once, or wait for the wake time that was saved. */
export type Next = 'again' | 'later'

export async function advance(task: string, epoch: number, engine: Engine, signal: AbortSignal): Promise<Next> {
  const entry = await engine.ledger.read(task)
  if (!entry) return 'later'
  const stored = readRecord(entry.state)
  if (entry.command) return foldCommand(entry, entry.command, stored, epoch, engine)
  if (stored.ended || stored.standing === 'failed' || stored.standing === 'succeeded') {
    await engine.ledger.save(epoch, { ...nothing(entry, stored), wakeAt: undefined })
    return 'later'
  }
  const stage = stageById(stored.stage)
  if (!stage)
    return settle(
      entry,
      stored,
      { id: stored.stage, title: stored.stage },
      { kind: 'hold', needs: 'repair', because: engineSentences.say.unknownStage({ stage: stored.stage }) },
      epoch,
      engine,
    )
  let verdict: Verdict
  try {
    verdict = await decide(entry, stored, stage, engine, signal)
  } catch (thrown) {
    return trouble(entry, stored, problemFrom(thrown), epoch, engine)
  }
  const next = await settle(entry, stored, stage, verdict, epoch, engine)
  if (verdict.kind !== 'act') return next
  const { done, problem } = await perform(task, verdict, stored, epoch, engine, signal)
  if (!problem) return 'again'
  const again = await engine.ledger.read(task)
  if (!again) return 'later'
  const record = readRecord(again.state)
  return trouble(again, done === 0 ? withoutAct(record, verdict) : record, problem, epoch, engine)
}

async function foldCommand(
  entry: Entry,
  command: NonNullable<Entry['command']>,
  stored: UpgradeRecord,
  epoch: number,
  { ledger, clock }: Engine,
): Promise<Next> {
  const now = clock.now()
  const { record, because } = fold(stored, command.body as UpgradeCommand, command.id, now)
  const note: NoteBody = { kind: 'command', step: record.step, code: because.code, text: because.text }
  await ledger.save(epoch, {
    ...nothing(entry, record),
    finished: record.ended !== undefined,
    wakeAt: record.ended ? undefined : now,
    folded: command.id,
    notes: [{ at: now, body: note }],
  })
  return 'again'
}

/** Observes what this stage and the promises of the passed ones need, asks, and lets the stage answer. */
async function decide(
  entry: Entry,
  record: UpgradeRecord,
  stage: Stage,
  engine: Engine,
  signal: AbortSignal,
): Promise<Verdict> {
  const { settings, clock } = engine
  const mesh = await engine.mesh(record)
  const passed = passedStages(record)
  const parts = [...new Set<MeshPart>([...stage.reads, ...passed.flatMap((one) => one.reads)])]
  const seen = (await mesh.observe(parts, signal)) as Observation
  const before = (await engine.ledger.kept(entry.id, beforeKey)) as Before | undefined
  const outside = await engine.outside(record)
  const situation: Situation = {
    upgrade: record,
    job: currentJob(record)?.id ?? '',
    seen,
    answers: [],
    before,
    now: clock.now(),
    settings,
    outside,
  }
  for (const one of passed) {
    const broken = one.still?.(situation)
    if (broken) return { kind: 'hold', needs: 'repair', because: broken }
  }
  const questions = stage.asks?.(situation) ?? []
  const answers = questions.length === 0 ? [] : await mesh.ask(questions, signal)
  const verdict = stage.forward({ ...situation, answers, now: clock.now() })
  const { namespaces }: Partial<Parts> = seen
  return damped(verdict, record, clock.now(), namespaces)
}

/** Stages of this and earlier steps that promised something; nothing is promised while going back. */
function passedStages(record: UpgradeRecord): readonly Stage[] {
  if (record.direction === 'back' || record.pastReturn) return []
  const ids = steps.slice(0, steps.indexOf(record.step) + 1).flatMap((step) => record.plan[step])
  return ids
    .slice(0, ids.indexOf(record.stage))
    .flatMap((id) => stageById(id) ?? [])
    .filter((stage) => stage.still !== undefined)
}

/** The verdict as a record, rows and a note, in one transaction. */
async function settle(
  entry: Entry,
  stored: UpgradeRecord,
  stage: { readonly id: string; readonly title: string },
  decided: Verdict,
  epoch: number,
  { ledger, clock, settings }: Engine,
): Promise<Next> {
  const now = clock.now()
  const verdict = heldWhenLong(stored, decided, now, settings)
  const record = afterVerdict(stored, verdict, now)
  const job = currentJob(stored)?.id ?? ''
  const rows = rowsOf({ task: entry.id, job, stage, now }, verdict, await ledger.items(job))
  const told =
    verdict.kind === 'act' ||
    stored.reason.code !== verdict.because.code ||
    stored.reason.text !== verdict.because.text ||
    standingOf(verdict) !== stored.standing
  const note: NoteBody = {
    kind: verdict.kind,
    step: stored.step,
    stage: stage.id,
    code: verdict.because.code,
    text: verdict.because.text,
    ...(verdict.kind === 'act' ? { actions: actionLines(verdict.actions) } : {}),
  }
  const next: Next = verdict.kind === 'done' && record.standing === 'working' ? 'again' : 'later'
  const wakeAt = record.standing === 'working' || record.standing === 'held' ? now + lookAgainIn(verdict) : undefined
  await ledger.save(epoch, {
    ...nothing(entry, record),
    finished: record.ended !== undefined,
    wakeAt: record.ended ? undefined : wakeAt,
    items: rows,
    notes: told ? [{ at: now, body: note }] : [],
    keep: [
      ...(verdict.keep ? [{ key: beforeKey, value: verdict.keep }] : []),
      ...(verdict.found ? [{ key: foundKey(job, stage.id), value: verdict.found }] : []),
    ],
  })
  return next
}

const heldLookMs = 5000

function lookAgainIn(verdict: Verdict): number {
  if (verdict.kind === 'wait') return verdict.lookAgainInMs
  return verdict.kind === 'hold' ? (verdict.lookAgainInMs ?? heldLookMs) : 0
}

/** What is waited for that long needs a person; it is looked at as before, and goes on by itself when it comes. */
function heldWhenLong(record: UpgradeRecord, verdict: Verdict, now: number, { heldAfterMs }: Settings): Verdict {
  if (verdict.kind !== 'wait' || verdict.ownLimit) return verdict
  const { on, since } = waitingSince(record, verdict, now)
  return on === record.waiting.on && now - since > heldAfterMs ? { ...verdict, kind: 'hold', needs: 'repair' } : verdict
}

/** Acting begins the wait for its effect. */
function waitingSince(record: UpgradeRecord, verdict: Verdict, now: number): UpgradeRecord['waiting'] {
  const on = `${record.stage} ${verdict.about ?? verdict.because.code}`
  return record.waiting.on === on && verdict.kind !== 'act' ? record.waiting : { on, since: now }
}

/** How many were done, and what stopped it, if anything did but an abandon. */
async function perform(
  task: string,
  { actions }: Verdict & { readonly kind: 'act' },
  record: UpgradeRecord,
  epoch: number,
  engine: Engine,
  signal: AbortSignal,
): Promise<{ readonly done: number; readonly problem?: Problem }> {
  let done = 0
  try {
    const mesh = await engine.mesh(record)
    for (const action of actions) {
      // Somebody who took the lease over decides anew; this process must not act any more.
      await engine.ledger.holds(epoch)
      signal.throwIfAborted()
      // It was answered that nothing more is written; a removal is a list of dozens.
      if (await isAbandoned(task, engine)) break
      await mesh.perform(action, signal)
      done += 1
    }
    return { done }
  } catch (thrown) {
    return { done, problem: problemFrom(thrown) }
  }
}

async function isAbandoned(task: string, { ledger }: Engine): Promise<boolean> {
  const entry = await ledger.read(task)
  const command = entry?.command?.body as UpgradeCommand | undefined
  return entry === undefined || command?.do === 'abandon'
}

/** An expected situation is a verdict; this is the rest: the API could not be asked, or refused what was asked of it. */
async function trouble(
  entry: Entry,
  stored: UpgradeRecord,
  problem: Problem,
  epoch: number,
  { ledger, clock, report }: Engine,
): Promise<Next> {
  const reaction = reactionTo(problem)
  if (reaction === 'end') throw problem
  const now = clock.now()
  const attempts = stored.attempts + 1
  report(stored, problem)
  const held = reaction === 'hold' || (reaction === 'again' && attempts > 5)
  const because = held
    ? engineSentences.say.repair({ problem: problem.message })
    : engineSentences.say.retrying({ problem: problem.message, attempts })
  const wakeAt = now + (reaction === 'again' && !held ? 100 * attempts : waitAfter(attempts, problem.retryAfterMs))
  const told = stored.reason.code !== because.code || stored.reason.facts['problem'] !== because.facts['problem']
  const standing: Standing = held ? 'held' : 'working'
  const record = {
    ...stored,
    attempts,
    standing,
    reason: because,
    updatedAt: told ? now : stored.updatedAt,
    jobs: withJob(stored, { reason: held ? `held: ${because.text}` : because.text }),
  }
  const note: NoteBody = {
    kind: held ? 'hold' : 'wait',
    step: stored.step,
    stage: stored.stage,
    code: because.code,
    text: because.text,
  }
  const quiet = reaction === 'again' && !held
  await ledger.save(epoch, {
    ...nothing(entry, quiet ? { ...stored, attempts } : record),
    wakeAt,
    notes: told && !quiet ? [{ at: now, body: note }] : [],
  })
  return 'later'
}

function standingOf(verdict: Verdict): Standing {
  if (verdict.kind === 'hold') return 'held'
  return verdict.kind === 'fail' ? 'failed' : 'working'
}

/** Pure: where the upgrade stands after this verdict. */
function afterVerdict(record: UpgradeRecord, verdict: Verdict, now: number): UpgradeRecord {
  const changed = record.reason.text !== verdict.because.text || record.standing !== standingOf(verdict)
  const looked: UpgradeRecord = {
    ...record,
    reason: verdict.because,
    standing: standingOf(verdict),
    attempts: verdict.kind === 'act' ? record.attempts : 0,
    waiting: waitingSince(record, verdict, now),
    ...(verdict.passedOver && { passedOver: { job: currentJob(record)?.id ?? '', uids: verdict.passedOver } }),
    updatedAt: changed || verdict.kind === 'act' ? now : record.updatedAt,
    jobs: withJob(record, {
      phase: verdict.kind === 'fail' ? 'Failed' : 'Running',
      reason: heldText(verdict),
      ...(verdict.kind === 'fail' ? { completedAt: now } : {}),
    }),
  }
  if (verdict.kind === 'act')
    return {
      ...withAct(looked, verdict, now),
      ...verdict.learned,
      actedAt: now,
      pastReturn: record.pastReturn || verdict.final === true,
    }
  if (verdict.kind !== 'done') return looked
  const learned = { ...looked, ...verdict.learned }
  const stages = record.direction === 'back' ? record.rollback : record.plan[record.step]
  const next = stages[stages.indexOf(record.stage) + 1]
  if (next !== undefined) return { ...learned, stage: next }
  const jobs = withJob(learned, { phase: 'Success', reason: verdict.because.text, completedAt: now })
  if (record.direction === 'back') return { ...learned, standing: 'succeeded', jobs, ended: 'rolled-back' }
  return {
    ...learned,
    standing: 'succeeded',
    jobs,
    ...(record.step === 'PostUpgrade' ? { ended: 'success' as const } : {}),
  }
}

function withJob(record: UpgradeRecord, change: Partial<JobRecord>): readonly JobRecord[] {
  return record.jobs.map((job, index) => (index === record.jobs.length - 1 ? { ...job, ...change } : job))
}

function nothing(entry: Entry, record: UpgradeRecord): Saved {
  return {
    task: entry.id,
    version: entry.version,
    state: record,
    finished: record.ended !== undefined,
    wakeAt: undefined,
    items: [],
    notes: [],
    keep: [],
  }
}
