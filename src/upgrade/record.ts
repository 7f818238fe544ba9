/** What is kept about one upgrade. Small and mutable; read by today's program whatever version wrote it (`format`). */

import { Problem } from '../lib/problem.ts'
import type { Body, Injection } from './mesh.ts'
import type { Reason } from './reason.ts'

export const steps = ['PreCheck', 'ControlPlaneUpgrade', 'DataPlaneUpgrade', 'PostUpgrade'] as const
export type Step = (typeof steps)[number]

/** What a started step is called as a job; rolling back is one too. */
export type JobKind = Step | 'Rollback'

/** A control plane as the upgrade speaks of it. */
export interface ControlPlaneRef {
  /** `default` for an un-revisioned one. */
  readonly revision: string
  readonly version: string
  /** Helm release and Service. */
  readonly release: string
  readonly service: string
}

export type StepAction = 'Execute' | 'Retry' | 'Rollback'

export interface JobRecord {
  readonly id: string
  readonly kind: JobKind
  readonly action: StepAction
  /** The step that the command named; for a roll back any that was started. */
  readonly named: Step
  readonly phase: 'Initializing' | 'Running' | 'Success' | 'Failed'
  readonly reason: string
  readonly createdAt: number
  readonly startedAt?: number
  readonly completedAt?: number
}

/** `working`: the engine looks again by itself. `held`: looks again too, but a person or the world must change something. */
export type Standing = 'working' | 'held' | 'failed' | 'succeeded'

export interface UpgradeRecord {
  readonly format: 1
  readonly id: string
  readonly name: string
  readonly project: string
  readonly mesh: {
    readonly id: string
    readonly name: string
    readonly clusters: readonly string[]
  }
  /** As the caller wrote it, echoed and accepted on PUT beside the resolved one. */
  readonly asked: { readonly targetVersion: string; readonly upgradeStrategy: string; readonly targetType: string }
  readonly from: ControlPlaneRef
  readonly to: ControlPlaneRef
  /** Helm release of the base chart; the owner of CRDs and the default validator. */
  readonly baseRelease: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly step: Step
  readonly direction: 'forward' | 'back'
  /** Stage ids as the plan had them when the upgrade was made. */
  readonly plan: Readonly<Record<Step, readonly string[]>>
  readonly rollback: readonly string[]
  /** The stage at work, by id; the first of the step when it starts. */
  readonly stage: string
  readonly standing: Standing
  readonly reason: Reason
  /** What is waited for (stage, code, object), and since when: how long something takes. */
  readonly waiting: { readonly on: string; readonly since: number }
  /** Failed looks or acts in a row; shown, and the back-off's input. */
  readonly attempts: number
  /** When the last action was performed; two writes that depend on caches of several API servers keep a distance. */
  readonly actedAt: number
  /** False where a default validator was not at work before: then none is asked for at the end either. */
  readonly validates?: boolean
  /** What this stage has done in this job; what is done again and again does not last. */
  readonly acts?: Acts
  /** Workloads that rolling back has left behind, in this job: those that do not get ready do not keep the others. */
  readonly passedOver?: { readonly job: string; readonly uids: readonly string[] }
  /** When PreCheck last succeeded. */
  readonly checkedAt?: number
  /** What a pod injected by either control plane looks like, from dry-run pods; a pod is compared with these. */
  readonly expected?: { readonly from: Injection; readonly to: Injection }
  /** The installation of the new control plane was noted: what carries its name from then on is ours to remove. */
  readonly installs?: boolean
  /** The first removal was noted: no way back. */
  readonly pastReturn: boolean
  /** ControlPlaneUpgrade was started: something may have been changed. */
  readonly touched: boolean
  readonly ended?: 'success' | 'rolled-back' | 'abandoned'
  readonly jobs: readonly JobRecord[]
  /** What to put into Git and Helm now (decision 5); filled by the last stage. */
  readonly closing?: readonly string[]
}

/** Of another job or stage it says nothing: a retry begins anew. */
export interface Acts {
  readonly job: string
  readonly stage: string
  /** `at` in milliseconds; the newest last. */
  readonly newest: readonly { readonly what: string; readonly times: number; readonly at: number }[]
}

/** What the mesh looked like before anything was touched; kept in a side table, and packed in the cluster. */
export interface Before {
  readonly at: number
  readonly namespaces: readonly {
    readonly cluster: string
    readonly name: string
    readonly uid: string
    readonly labels: Readonly<Record<string, string>>
  }[]
  /** Whole bodies of injectors, tags, tag Services and validators. */
  readonly bodies: readonly { readonly cluster: string; readonly body: Body }[]
  /** Values stay out (they may hold secrets), but for the tags that Helm owns. */
  readonly releases: readonly {
    readonly cluster: string
    readonly name: string
    readonly chart: string
    readonly version: number
    readonly status: string
    readonly tags: readonly string[]
  }[]
  readonly workloads: readonly {
    readonly cluster: string
    readonly namespace: string
    readonly kind: string
    readonly name: string
    readonly uid: string
  }[]
}

export function currentJob(record: UpgradeRecord): JobRecord | undefined {
  return record.jobs.at(-1)
}

/** A stored record as today's program understands it. */
export function readRecord(state: unknown): UpgradeRecord {
  const record = state as UpgradeRecord
  if (record?.format === 1) return record
  throw new Problem({
    kind: 'bug',
    code: 'record/unknown-format',
    text: 'This upgrade was written by a newer version of the program; use that one.',
  })
}
