/** The contract of a stage: two or three pure functions that answer *what next and why*. */

import type { Action } from './actions.ts'
import type { Answer, MeshPart, Observation, Probe } from './mesh.ts'
import type { Reason, Sentence, Sentences } from './reason.ts'
import type { Found } from './found.ts'
import type { Before, UpgradeRecord } from './record.ts'
import type { Catalogue } from './check.ts'

/** What a stage works on, one row each: shown as subjobs. */
export interface Progress {
  readonly cluster: string
  /** `shop`, `shop/cart`, a check's id: unique within the stage. `/` makes it a child of what stands before it. */
  readonly object: string
  readonly phase: 'Initializing' | 'Running' | 'Success' | 'Failed'
  readonly reason: string
}

interface Answered {
  readonly because: Reason
  /** The one object it is about; with stage and code it tells how long this is waited for. */
  readonly about?: string
  /** Objects whose state changed or that became known; those left out stay as they were. */
  readonly progress?: readonly Progress[]
  /** Those left out are done with. */
  readonly namesAll?: true
  /** What the mesh looked like before; written once, in this tick's transaction. */
  readonly keep?: Before
  /** What checks found; of a verdict that ends the stage, so once a job. */
  readonly found?: Found
  /** Uids of all workloads that are left behind in this job, from now on. */
  readonly passedOver?: readonly string[]
}

export type Verdict =
  | (Answered & { readonly kind: 'done'; readonly learned?: Learned })
  /** `final`: the first removal; noted as the point of no return before it happens. */
  | (Answered & {
      readonly kind: 'act'
      readonly actions: readonly Action[]
      readonly final?: boolean
      readonly learned?: Learned
    })
  /** Held when it lasts longer than `heldAfterMs`, unless the stage has a limit of its own. */
  | (Answered & { readonly kind: 'wait'; readonly lookAgainInMs: number; readonly ownLimit?: true })
  /** A person or the world must change something; looked at again by itself (every 5 s if not said), at once after Retry. */
  | (Answered & { readonly kind: 'hold'; readonly needs: 'repair'; readonly lookAgainInMs?: number })
  | (Answered & { readonly kind: 'fail' })

/** What a stage found out that later ones need; kept in the record. */
export type Learned = Partial<
  Pick<UpgradeRecord, 'closing' | 'from' | 'baseRelease' | 'expected' | 'checkedAt' | 'installs' | 'validates'>
>

/** Everything a decision may rest on. */
export interface Situation<P extends MeshPart = MeshPart> {
  readonly upgrade: UpgradeRecord
  /** Id of the job that this step runs as. */
  readonly job: string
  readonly seen: Observation<P>
  /** Answers to what `asks` asked, in the same order. */
  readonly answers: readonly Answer[]
  /** What the mesh looked like before anything was touched; absent until it was recorded. */
  readonly before: Before | undefined
  readonly now: number
  readonly settings: Settings
  readonly outside: Outside
}

/** What neither the mesh nor the record tells. */
export interface Outside {
  /** Names of other unfinished upgrades of the same clusters. */
  readonly others: readonly string[]
  readonly catalogue: Catalogue
  /** Helm values that the operator keeps for this mesh; they override the old release's. */
  readonly values: Readonly<Record<string, unknown>>
}

/** How patient the engine is. Milliseconds. */
export interface Settings {
  /** Between two writes that depend on caches of several API servers. */
  readonly settleMs: number
  /** How long a control plane may take to get ready before the upgrade holds. */
  readonly readyWithinMs: number
  /** How long one workload may roll before the upgrade holds. */
  readonly rolledWithinMs: number
  /** How long anything else may be waited for before the upgrade holds. */
  readonly heldAfterMs: number
  /** After how long a finished PreCheck is judged again when ControlPlaneUpgrade starts (asm-api Q31). */
  readonly precheckValidMs: number
}

export interface Stage<P extends MeshPart = MeshPart> {
  /** Kept in records for ever; never renamed, never reused. */
  readonly id: string
  readonly title: string
  readonly reads: readonly P[]
  readonly sentences: readonly Sentence[]
  /** Which questions the decision needs, given what is seen. `answers` is empty here. */
  asks?(s: Situation<P>): readonly Probe[]
  forward(s: Situation<P>): Verdict
  /** After it was done: what no longer holds, if anything. */
  still?(s: Situation<P>): Reason | undefined
}

export function defineStage<P extends MeshPart>(
  stage: Omit<Stage<P>, 'sentences'> & { readonly says: Sentences<Readonly<Record<string, string>>> },
): Stage<P> {
  const { says, ...rest } = stage
  return { ...rest, sentences: says.list }
}
