/** The question that policies answer. `policy/` evaluates, `http/` asks. */

import type { Permission } from '../contract/route.ts'
import type { Caller, Named } from './caller.ts'

/** What something is asked about. */
export interface Resource {
  readonly type: 'mesh' | 'cluster'
  /** `*` for one that is not there yet, or for all of a project. */
  readonly id: string
  /** Id; of a mesh. */
  readonly enterpriseProject?: string
  /** Of a mesh: `g:ResourceTag/<key>`. */
  readonly tags?: Readonly<Record<string, string>>
}

export interface Question {
  readonly caller: Pick<Caller, 'user' | 'domain' | 'administrator'>
  readonly project: Named
  readonly permission: Permission
  readonly resource: Resource
  /** Milliseconds. */
  readonly now: number
}

/** A statement that was looked at. */
export interface Considered {
  /** Name of the policy. */
  readonly policy: string
  readonly version: '1.1' | '5.0'
  /** `user ada`, `group ops in project default`. */
  readonly through: string
  /** 0, 1, ... within the policy. */
  readonly statement: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly applies: boolean
  /** Why it applies or not, in one sentence. */
  readonly why: string
}

export type Decision =
  | { readonly allowed: true; readonly by: 'administrator' }
  | {
      readonly allowed: boolean
      readonly by: 'statement'
      readonly decided: Considered
      /** Of the names that the question has, the one under which the statement applies. */
      readonly action: string
    }
  | { readonly allowed: false; readonly by: 'default' }

/** Everything that was looked at, for people. */
export interface ExplainedDecision {
  readonly decision: Decision
  readonly considered: readonly Considered[]
}
