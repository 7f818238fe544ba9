/**
 * An error becomes an answer: the only place that knows how refusals look.
 *
 * Documented routes answer only what is documented for them (asm-api 5.2), so whatever has no status there takes the
 * nearest one and says the rest in words; ours may be exact. Who you are, which route, how large: the gateway's form.
 */

import type { ErrorAnswer, GatewayAnswer, IamAnswer } from '../contract/problems.ts'
import type { Route } from '../contract/route.ts'
import { Problem, problemFrom } from '../lib/problem.ts'
import type { ProblemKind } from '../lib/problem.ts'

/** `gateway`: no route was found, so nobody else can speak. */
export type Family = Route['family'] | 'gateway'

export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorAnswer | GatewayAnswer | IamAnswer
}

type Row = readonly [status: number, code: string]

const documented: Readonly<Record<ProblemKind, Row>> = {
  invalid: [400, 'ASM.01010001'],
  unauthenticated: [401, 'ASM.01000001'],
  forbidden: [403, 'ASM.01000002'],
  'not-found': [404, 'ASM.01010002'],
  conflict: [409, 'ASM.01010003'],
  blocked: [409, 'ASM.01010003'],
  rejected: [409, 'ASM.01010003'],
  unavailable: [500, 'ASM.01040001'],
  timeout: [500, 'ASM.01040001'],
  'lease-lost': [500, 'ASM.01040001'],
  aborted: [500, 'ASM.01040001'],
  bug: [500, 'ASM.01040001'],
}

const ours: Readonly<Record<ProblemKind, Row>> = {
  ...documented,
  blocked: [422, 'MESHLIFT.0422'],
  rejected: [502, 'MESHLIFT.0502'],
  unavailable: [503, 'MESHLIFT.0503'],
  timeout: [504, 'MESHLIFT.0504'],
  'lease-lost': [503, 'MESHLIFT.0503'],
  aborted: [503, 'MESHLIFT.0503'],
}

const iam: Readonly<Record<ProblemKind, Row>> = {
  invalid: [400, 'IAM.0007'],
  unauthenticated: [401, 'IAM.0001'],
  forbidden: [403, 'IAM.0003'],
  'not-found': [404, 'IAM.0004'],
  conflict: [500, 'IAM.0006'],
  blocked: [500, 'IAM.0006'],
  rejected: [500, 'IAM.0006'],
  unavailable: [503, 'IAM.0006'],
  timeout: [503, 'IAM.0006'],
  'lease-lost': [500, 'IAM.0006'],
  aborted: [503, 'IAM.0006'],
  bug: [500, 'IAM.0006'],
}

/** Statuses that the gateway in front of every route answers, whatever the route documents. */
const gateway: Readonly<Record<string, Row>> = {
  'http/unknown-route': [404, 'APIGW.0101'],
  'http/wrong-method': [405, 'APIGW.0101'],
  'http/not-acceptable': [406, 'APIGW.0201'],
  'http/timeout': [408, 'APIGW.0201'],
  'http/too-large': [413, 'APIGW.0201'],
  'http/url-too-large': [414, 'APIGW.0201'],
  'http/headers-too-large': [494, 'APIGW.0201'],
  'http/too-many': [429, 'APIGW.0308'],
  'http/not-json': [415, 'APIGW.0201'],
  'http/bad-request': [400, 'APIGW.0201'],
}

/** @param requestId of the answer's `X-Request-Id`, by which the log finds it. */
export function refusalOf(thrown: unknown, family: Family, requestId: string): Refusal {
  const problem = problemFrom(thrown)
  const atGate = gateway[problem.code]
  if (atGate) return gatewayRefusal(atGate, problem, problem.message, requestId)
  if (problem.kind === 'unauthenticated' && family !== 'iam')
    return gatewayRefusal(
      [401, 'APIGW.0301'],
      problem,
      `Incorrect IAM authentication information: ${problem.message}`,
      requestId,
    )
  if (family === 'gateway') return gatewayRefusal([500, 'APIGW.0601'], problem, 'Internal server error.', requestId)
  const [status, code] = { asm: documented, ours, iam }[family][problem.kind]
  const message = fitting(problem.kind === 'bug' ? `Internal error. The log has it as ${requestId}.` : problem.message)
  const body =
    family === 'iam'
      ? { error_code: code, error_msg: message, error: { code: status, message, title: titles[status] ?? 'Error' } }
      : { errorCode: code, errorMsg: message, error_code: code, error_msg: message, problem: problem.code }
  return { status, headers: headersOf(problem), body }
}

function gatewayRefusal([status, code]: Row, problem: Problem, text: string, requestId: string): Refusal {
  return {
    status,
    headers: headersOf(problem),
    body: { error_code: code, error_msg: fitting(text), request_id: requestId },
  }
}

function headersOf({ retryAfterMs, facts }: Problem): Readonly<Record<string, string>> {
  return {
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
    ...(Array.isArray(facts['allow']) ? { allow: facts['allow'].join(', ') } : {}),
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** 2 to 512 characters, as documented. */
function fitting(text: string): string {
  if (text.length < 2) return 'No reason was given.'
  return text.length <= 512 ? text : `${text.slice(0, 511).toWellFormed()}…`
}

/** What the web framework itself refuses, in our words; anything else passes through. */
export function translated(thrown: unknown): unknown {
  if (thrown instanceof Problem || !(thrown instanceof Error)) return thrown
  const { statusCode } = thrown as Error & { readonly statusCode?: number }
  if (statusCode === undefined || statusCode >= 500) return thrown
  if (statusCode === 413)
    return new Problem({
      kind: 'invalid',
      code: 'http/too-large',
      text: 'Request entity too large: 12 MiB at most, 64 KiB where nobody has to be known.',
    })
  if (statusCode === 415)
    return new Problem({
      kind: 'invalid',
      code: 'http/not-json',
      text: 'API request error: Content-Type must be application/json.',
    })
  return new Problem({ kind: 'invalid', code: 'http/bad-request', text: 'API request error: it cannot be read.' })
}
