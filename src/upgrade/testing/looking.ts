/** One check, looking at the quiet mesh with something changed. */

import type { Check, CheckSituation, Finding } from '../check.ts'
import type { Answer, Parts } from '../mesh.ts'
import type { ControlPlaneRef, UpgradeRecord } from '../record.ts'
import { meshConfig, newPlane, quietMesh } from './facts.ts'
import { upgradeRecord } from './record.ts'

export interface Changed {
  readonly mesh?: Partial<Parts>
  /** The control plane that the mesh runs on and that is replaced; the un-revisioned one when left out. */
  readonly from?: ControlPlaneRef
  readonly upgrade?: Partial<UpgradeRecord>
  readonly others?: readonly string[]
  readonly catalogue?: Partial<CheckSituation['catalogue']>
  readonly values?: Readonly<Record<string, unknown>>
  readonly answers?: readonly Answer[]
}

/** Helm and the charts are there, and mean the same mesh configuration. */
const goodChart: Answer = { ask: 'chart', helm: '4.1.4', meshConfig: meshConfig(newPlane).mesh }

export function situation({ mesh, from, upgrade, others, catalogue, values, answers }: Changed = {}): CheckSituation {
  return {
    upgrade: upgradeRecord({ ...(from && { from }), ...upgrade }),
    seen: quietMesh(mesh, from),
    answers: answers ?? [],
    others: others ?? [],
    catalogue: { hop: () => undefined, kubernetes: () => undefined, ...catalogue },
    values: values ?? {},
  }
}

/** With `goodChart` for whoever asks, unless answers are given. */
export function findingsOf(check: Check, s: CheckSituation): readonly Finding[] {
  const asked = check.asks?.(s) ?? []
  return check.look({ ...s, answers: s.answers.length > 0 ? s.answers : asked.map(() => goodChart) })
}

/** `word about: text` a line, as a table of decisions is read. */
export function told(check: Check, changed: Changed = {}): readonly string[] {
  return findingsOf(check, situation(changed)).map(
    ({ about, because }) => `${because.code.split('/')[1]} ${about}: ${because.text}`,
  )
}

/** A row of a check's table of decisions. */
export interface Row {
  readonly when: string
  readonly given?: Changed
  readonly finds: readonly string[]
}
