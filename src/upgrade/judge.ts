/** Running checks: their reads, their questions, their findings. Used by PreCheck's stages and by a check without a task. */

import type { Check, CheckSituation, Finding, Weight } from './check.ts'
import type { Found } from './found.ts'
import type { Answer, MeshPart, Probe } from './mesh.ts'
import type { Progress } from './stage.ts'

export interface Judgement {
  readonly check: string
  readonly title: string
  readonly weight: Weight
  readonly findings: readonly Finding[]
}

export function readsOf(checks: readonly Check[]): readonly MeshPart[] {
  return [...new Set(checks.flatMap((check) => check.reads))]
}

export function asksOf(checks: readonly Check[], s: CheckSituation): readonly Probe[] {
  return checks.flatMap((check) => check.asks?.(s) ?? [])
}

/** `answers` are those to `asksOf`, in the same order; each check is given its own. */
export function judge(checks: readonly Check[], s: CheckSituation): readonly Judgement[] {
  let next = 0
  return checks.map((check) => {
    const count = check.asks?.(s).length ?? 0
    const answers: readonly Answer[] = s.answers.slice(next, next + count)
    next += count
    return { check: check.id, title: check.title, weight: check.weight, findings: check.look({ ...s, answers }) }
  })
}

export function blocking(judgements: readonly Judgement[]): readonly Finding[] {
  return judgements.filter((one) => one.weight === 'blocks').flatMap((one) => one.findings)
}

export function warning(judgements: readonly Judgement[]): readonly Finding[] {
  return judgements.filter((one) => one.weight === 'warns').flatMap((one) => one.findings)
}

/** As it is kept, and as it is told. */
export function foundIn(judgements: readonly Judgement[]): Found {
  return {
    checks: judgements.map(({ check }) => check),
    findings: judgements.flatMap(({ check, weight, findings }) =>
      findings.map(({ about, because: { code, text } }) => ({ check, weight, about, code, text })),
    ),
  }
}

/** One row a check, one below it a finding. A warning does not fail its check. */
export function progressOf(judgements: readonly Judgement[], cluster: string): readonly Progress[] {
  return judgements.flatMap(({ check, title, weight, findings }) => {
    const phase = weight === 'blocks' && findings.length > 0 ? 'Failed' : 'Success'
    const rows = findings.map((finding): Progress => ({
      cluster,
      object: `${check}/${finding.about.replaceAll('/', ':')}`,
      phase,
      reason: weight === 'warns' ? `warning: ${finding.because.text}` : finding.because.text,
    }))
    return [
      { cluster, object: check, phase, reason: findings.length === 0 ? title : `${findings.length} found` } as const,
      ...rows,
    ]
  })
}
