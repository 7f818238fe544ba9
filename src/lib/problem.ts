/** The one error class of the program. Expected outcomes are verdicts, findings or refusals, never throws. */

export type ProblemKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'blocked'
  | 'rejected'
  | 'unavailable'
  | 'timeout'
  | 'lease-lost'
  | 'aborted'
  | 'bug'

export interface ProblemDetails {
  readonly kind: ProblemKind
  /** `owner/word`, never reused. */
  readonly code: string
  /** One sentence for people: names the object and the next action; never a secret. */
  readonly text: string
  readonly facts?: Readonly<Record<string, unknown>>
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** Only `upgrade/retry.ts`, `http/problem.ts` and `cli/exit-codes.ts` decide by `kind`. Never subclassed. */
export class Problem extends Error {
  readonly kind: ProblemKind
  readonly code: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly retryAfterMs: number | undefined

  constructor(details: ProblemDetails) {
    super(details.text, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Problem'
    this.kind = details.kind
    this.code = details.code
    this.facts = details.facts ?? {}
    this.retryAfterMs = details.retryAfterMs
  }
}

/** Anything thrown, as a Problem; what is none is a bug of ours. */
export function problemFrom(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  if (thrown instanceof Error && thrown.name === 'AbortError')
    return new Problem({ kind: 'aborted', code: 'program/aborted', text: 'Stopped before it ended.', cause: thrown })
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return new Problem({ kind: 'bug', code: 'program/bug', text: `Unexpected failure: ${text}`, cause: thrown })
}

/** Ends an exhaustive switch: a new member of the union no longer compiles until it is handled. */
export function assertNever(value: never): never {
  throw new Problem({ kind: 'bug', code: 'program/not-exhaustive', text: `Unhandled case: ${JSON.stringify(value)}` })
}
