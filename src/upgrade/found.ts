/** What checks found, as it is kept: beside the record, for a large mesh has thousands of findings. Pure. */

import type { Weight } from './check.ts'
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
 * What each check found when it ran last: when the mesh is judged again later, only some of them may run.
 * @param runs newest first
 * @param order ids of checks, as findings are shown; those of others come last
 */
export function lastFound(runs: readonly Found[], order: readonly string[]): readonly KeptFinding[] {
  const place = new Map(order.map((id, index) => [id, index]))
  const ran = new Set<string>()
  const all: KeptFinding[] = []
  for (const run of runs) {
    all.push(...run.findings.filter(({ check }) => !ran.has(check)))
    for (const check of run.checks) ran.add(check)
  }
  const placeOf = ({ check }: KeptFinding): number => place.get(check) ?? order.length
  return all.toSorted((a, b) => placeOf(a) - placeOf(b))
}
