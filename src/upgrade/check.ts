/** The contract of a check: one rule, one file. No check reads another's result. */

import type { Answer, MeshPart, Observation, Probe } from './mesh.ts'
import type { Reason, Sentence, Sentences } from './reason.ts'
import type { UpgradeRecord } from './record.ts'

export interface Finding {
  /** The named object that breaks the rule: `shop`, `shop/cart`, `istio-system/istiod`. */
  readonly about: string
  readonly because: Reason
}

/** `access` runs before anything else is looked at: a cluster that cannot be read has no other findings. */
export type Gate = 'access' | 'start'
export type Weight = 'blocks' | 'warns'

export interface CheckSituation<P extends MeshPart = MeshPart> {
  /** `from` is known (the control plane that is to be replaced), except in gate `access` and where no control plane or several were found. */
  readonly upgrade: UpgradeRecord
  readonly seen: Observation<P>
  readonly answers: readonly Answer[]
  /** Names of other unfinished upgrades of the same mesh or cluster. */
  readonly others: readonly string[]
  readonly catalogue: Catalogue
  /** Helm values that the operator keeps for this mesh; they override the old release's. */
  readonly values: Readonly<Record<string, unknown>>
}

/** What the version catalogue says; undefined = allowed, else one sentence that names what would be. */
export interface Catalogue {
  hop(from: string, to: string): string | undefined
  /** @param version of Kubernetes, `1.35.4` */
  kubernetes(to: string, version: string): string | undefined
}

export interface Check<P extends MeshPart = MeshPart> {
  /** Kept in records and findings; never renamed, never reused. */
  readonly id: string
  readonly title: string
  readonly gate: Gate
  readonly weight: Weight
  readonly reads: readonly P[]
  readonly sentences: readonly Sentence[]
  asks?(s: CheckSituation<P>): readonly Probe[]
  look(s: CheckSituation<P>): readonly Finding[]
}

export function defineCheck<P extends MeshPart>(
  check: Omit<Check<P>, 'sentences'> & { readonly says: Sentences<Readonly<Record<string, string>>> },
): Check<P> {
  const { says, ...rest } = check
  return { ...rest, sentences: says.list }
}
