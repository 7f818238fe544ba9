/** A call that did not succeed, with what the server said about it. */

export interface RefusedDetails {
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  /** `owner/word` where the server tells it, else its coarse code; `client/unreachable`, `client/untrusted`, `client/not-ours`, `client/no-id`. */
  readonly code: string
  /** One sentence for people. */
  readonly text: string
  readonly requestId?: string
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(details: RefusedDetails) {
    super(details.text, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Refused'
    this.status = details.status
    this.code = details.code
    this.requestId = details.requestId
    this.retryAfterMs = details.retryAfterMs
  }
}

/** Reads every form of refusal there is (contract/problems.ts), and survives any other. */
export function refusedBy(response: Response, body: unknown): Refused {
  const members = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  const text = (name: string): string | undefined => {
    const value = members[name]
    return typeof value === 'string' ? value : undefined
  }
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const requestId = response.headers.get('x-request-id')
  return new Refused({
    status: response.status,
    code: text('problem') ?? text('error_code') ?? text('errorCode') ?? 'client/not-ours',
    text: text('error_msg') ?? text('errorMsg') ?? `The server answered ${response.status} without a reason.`,
    ...(requestId === null ? {} : { requestId }),
    ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {}),
  })
}
