/** Who is asking, and may they? The whole room, as `http/` sees it. */

import type { TemporaryKeyRequest, TokenRequest } from '../contract/tokens.ts'
import type { Soon } from '../lib/soon.ts'
import type { AuditLog } from './audit/log.ts'
import type { Caller, Named, Origin } from './caller.ts'
import type { Office } from './directory/office.ts'
import type { Decision, ExplainedDecision, Question } from './permission.ts'
import type { Replays } from './signing/replays.ts'

export interface Login {
  /** Opaque; shown once and never kept. */
  readonly token: string
  readonly given: GivenToken
}

/** What a token is for. */
export interface GivenToken {
  readonly caller: Caller
  readonly roles: readonly Named[]
  /** Milliseconds. */
  readonly issuedAt: number
  readonly expiresAt: number
}

export interface TemporaryKey {
  readonly access: string
  readonly secret: string
  readonly securityToken: string
  readonly expiresAt: number
}

/** A signed request as it came, but for its body. Header names are lower case; a header that came twice is joined by `,`. */
export interface SignedRequest {
  readonly method: string
  /** The request target as it came: path and query, undecoded. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly from: Origin
}

/** A signature whose key is known and whose form and date are right; only the body is missing. */
export interface Signer {
  /** SHA-256 of the whole request as signed: two requests with the same are the same request. */
  replayKey(): string
  /** unauthenticated (`access/signature`). @param body the bytes as they came */
  verify(body: Uint8Array): Caller
}

export interface Access {
  /** unauthenticated (`access/wrong-credentials`, `access/locked`); unavailable (`access/busy`); not-found (`access/unknown-project`, `access/unknown-domain`) once the password was right. */
  login(request: TokenRequest, from: Origin): Promise<Login>
  /** unauthenticated: `access/no-token`, `access/unknown-token`, `access/expired-token`. */
  whoIs(token: string | undefined): Soon<Caller>
  /** What a token is for, its own or, for administrators, anybody's. not-found (`access/unknown-token`); forbidden. */
  tokenFor(subjectToken: string | undefined, caller: Caller): Promise<GivenToken>
  /** Derived from a token, with its project, and dead when that user's tokens are. forbidden for a caller without a token. */
  temporaryKey(request: TemporaryKeyRequest, caller: Caller): Promise<TemporaryKey>
  /** unauthenticated: `access/signature`, `access/locked`, `access/unknown-key`. */
  signer(request: SignedRequest): Soon<Signer>
  /** The real time in milliseconds, whatever a simulation makes of it: signatures, tokens, policies and the audit log go by it. */
  now(): number
  /** A project of this server by its id. */
  project(id: string): Named | undefined
  decide(question: Question): Decision
  /** Slower: says what it looked at. */
  explain(question: Question): ExplainedDecision
  readonly office: Office
  readonly replays: Replays
  readonly audit: AuditLog
}
