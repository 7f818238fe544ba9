/** What checks found, as it is kept: beside the record, for a large mesh has thousands of findings. Pure. */

import type { Weight } from './check.ts'
import { checks } from './checks.ts'
import type { Judgement } from './judge.ts'
import type { JobKind, JobRecord } from './record.ts'

export interface KeptFinding {
  /** Id of the check. */
  readonly check: string
  readonly weight: Weight
  readonly about: string
  readonly code: string
  readonly text: string
}

/** One run of some checks; kept once, under the job and the stage that ran them. */
export interface Found {
  /** Ids of those that ran, found something or not. */
  readonly checks: readonly string[]
  readonly findings: readonly KeptFinding[]
}

export function foundIn(judgements: readonly Judgement[]): Found {
  return {
    checks: judgements.map(({ check }) => check),
    findings: judgements.flatMap(({ check, weight, findings }) =>
      findings.map(({ about, because: { code, text } }) => ({ check, weight, about, code, text })),
    ),
  }
}

export function foundKey(job: string, stage: string): string {
  return `found/${job}/${stage}`
}

/** Stages that run checks, the last one first. */
const judging: Readonly<Partial<Record<JobKind, readonly string[]>>> = {
  PreCheck: ['judge-start', 'look'],
  ControlPlaneUpgrade: ['check-again'],
}

/** Where to read what was found, newest first. */
export function foundKeys(jobs: readonly JobRecord[]): readonly string[] {
  return jobs.toReversed().flatMap(({ id, kind }) => (judging[kind] ?? []).map((stage) => foundKey(id, stage)))
}

/**
 * What each check found when it ran last, in the order in which checks are listed: when the mesh is judged again later,
 * only some of them may run.
 * @param runs newest first
 */
export function lastFound(runs: readonly Found[]): readonly KeptFinding[] {
  const place = new Map(checks.map(({ id }, index) => [id, index]))
  const ran = new Set<string>()
  const all: KeptFinding[] = []
  for (const run of runs) {
    all.push(...run.findings.filter(({ check }) => !ran.has(check)))
    for (const check of run.checks) ran.add(check)
  }
  const placeOf = ({ check }: KeptFinding): number => place.get(check) ?? checks.length
  return all.toSorted((a, b) => placeOf(a) - placeOf(b))
}
