/** What is told about one route. The server registers it, the client is made from it, the reference is written from it. */

import type { TSchema } from 'typebox'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `{braces}` name path parameters. */
  readonly path: string
  /** How refusals look: `asm` as documented for the service, `iam` for tokens, `ours` below /meshlift/v1/. */
  readonly family: 'asm' | 'iam' | 'ours'
  /** One line for the reference. */
  readonly summary: string
  readonly needs: Needs
  readonly query?: TSchema
  readonly body?: TSchema
  /** Status of success. */
  readonly status: 200 | 201
  readonly answer: TSchema
  /** A POST that only looks: sent again it looks again, where a signed write that comes twice gets its first answer. */
  readonly looks?: true
  /** Answers carry an ETag and honour If-None-Match, so that waiting for a change costs no body. */
  readonly etag?: true
  /** `Accept: text/event-stream` gets the items one by one, as they come. */
  readonly events?: true
  /** Members of the answer that are shown once: they are neither kept for a replay nor written to the audit log. */
  readonly once?: readonly string[]
}

/**
 * Who may ask. `anybody`: nobody needs to be known. `caller`: somebody who is known. `administrator`: nobody else.
 * Else what policies must allow: one of `actions` is enough, and a Deny of one of them is too. The first is the
 * documented one; those under `alsoInRolePolicies` count in policies of Version 1.1 only (asm-api Q25).
 */
export type Needs = 'anybody' | 'caller' | 'administrator' | Permission

export interface Permission {
  readonly actions: readonly [string, ...string[]]
  readonly alsoInRolePolicies?: readonly string[]
  /** One of these too, by what the request asks for: its handler says which. */
  readonly byRequest?: readonly string[]
}
