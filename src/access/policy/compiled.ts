/** A policy as it is evaluated: everything that can be worked out once is. */

import type { ContextKey } from './context-key.ts'

export type Version = '1.1' | '5.0'
export type Effect = 'Allow' | 'Deny'

export interface Policy {
  readonly version: Version
  readonly statements: readonly Statement[]
}

export interface Statement {
  readonly sid?: string
  readonly effect: Effect
  readonly actions: Named<ActionPattern>
  /** Absent: about everything. */
  readonly resources?: Named<ResourcePattern>
  /** All of them must hold. */
  readonly conditions: readonly Condition[]
}

/** `except`: NotAction, NotResource. */
export interface Named<T> {
  readonly except: boolean
  readonly patterns: readonly T[]
}

export interface ActionPattern {
  readonly written: string
  /** @param action in lower case */
  matches(action: string): boolean
}

export interface ResourcePattern {
  readonly written: string
  matches(urn: Urn): boolean
}

/** `asm:<region>:<domain id>:mesh:<id>` in its parts. */
export interface Urn {
  readonly service: string
  readonly region: string
  readonly domain: string
  readonly type: string
  /** `*`: one that is not there yet, or all of a project. */
  readonly id: string
}

export interface Condition {
  /** As written, with what stands before and behind it. */
  readonly operator: string
  readonly key: string
  readonly values: readonly string[]
  readonly about: ContextKey
  /** @param actual undefined when the request has no such key */
  holds(actual: string | undefined): boolean
}
