/**
 * The only place where failures of a cluster become Problems. What is told: the cluster, what was being done to which
 * object, and Kubernetes' own `Status.message`. What is never told: headers, tokens, other bodies, kubeconfig content.
 */

import { isRecord } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import type { ProblemKind } from '../../lib/problem.ts'
import type { Resource } from '../cluster.ts'

/** What was being done when it failed. */
export interface Doing {
  readonly cluster: string
  /** `list`, `patch`, ...; the verb of the Kubernetes API. */
  readonly verb: string
  readonly resource?: Resource
  readonly name?: string
  readonly namespace?: string
}

/** An HTTP answer that is no success. `body` is parsed JSON, or text when it was none. */
export interface FailedReply {
  readonly status: number
  readonly body: unknown
  readonly retryAfterMs: number | undefined
}

export function problemOfReply(doing: Doing, reply: FailedReply): Problem {
  const status = statusOf(reply.body)
  const { kind, code } = verdict(reply.status, status)
  const said = wordsOf(status.message, reply.status)
  return new Problem({
    kind,
    code: `kubernetes/${code}`,
    text: `Cluster ${doing.cluster}: ${describe(doing)}: ${said}`,
    facts: facts(doing, reply.status),
    ...(reply.retryAfterMs === undefined ? {} : { retryAfterMs: reply.retryAfterMs }),
  })
}

/** The login was refused (401). */
export function problemOfLogin(doing: Doing, expired: boolean): Problem {
  const why = expired
    ? 'the client certificate of its kubeconfig has expired'
    : 'the token or certificate of its kubeconfig is not, or no longer, accepted'
  return new Problem({
    kind: 'unavailable',
    code: 'kubernetes/login-refused',
    text: `Cluster ${doing.cluster} refused the login (401): ${why}. Renew the kubeconfig in its place; it is read again at the next try.`,
    facts: facts(doing, 401),
  })
}

/** The request did not get an answer: nothing listens, a name that does not resolve, a broken connection, a certificate that does not fit. */
export function problemOfConnection(doing: Doing, thrown: unknown): Problem {
  const code = isRecord(thrown) && typeof thrown['code'] === 'string' ? thrown['code'] : ''
  return new Problem({
    kind: 'unavailable',
    code: 'kubernetes/unreachable',
    text: `Cluster ${doing.cluster} cannot be reached: ${describe(doing)}: ${connectionWords(code)}. Look at the cluster and at its kubeconfig; it is looked at again at the next try.`,
    facts: { ...facts(doing, undefined), ...(code === '' ? {} : { error: code }) },
  })
}

export function problemOfTimeout(doing: Doing, ms: number): Problem {
  return new Problem({
    kind: 'timeout',
    code: 'kubernetes/timeout',
    text: `Cluster ${doing.cluster}: ${describe(doing)}: no answer within ${Math.round(ms / 1000)} s.`,
    facts: facts(doing, undefined),
  })
}

/** A success that is not what Kubernetes answers: a login page of a proxy, an answer cut in the middle. */
export function problemOfNonsense(doing: Doing): Problem {
  return new Problem({
    kind: 'unavailable',
    code: 'kubernetes/not-kubernetes',
    text: `Cluster ${doing.cluster}: ${describe(doing)}: the answer is not from a Kubernetes API server. Does the kubeconfig point to one?`,
    facts: facts(doing, undefined),
  })
}

export function stopped(): Problem {
  return new Problem({ kind: 'aborted', code: 'program/aborted', text: 'Stopped before it ended.' })
}

interface Status {
  readonly message?: string
  readonly reason?: string
}

function statusOf(body: unknown): Status {
  if (!isRecord(body) || body['kind'] !== 'Status') return {}
  const { message, reason } = body
  return {
    ...(typeof message === 'string' && message !== '' && { message }),
    ...(typeof reason === 'string' && { reason }),
  }
}

/** A JSON patch whose `test` fails, or whose path is not there, is answered with a sentence that says nothing about it. */
const patchRefused = 'the server rejected our request due to an error in our request'

function verdict(code: number, status: Status): { readonly kind: ProblemKind; readonly code: string } {
  const message = status.message ?? ''
  if (/admission webhook ".*" denied the request/.test(message)) return { kind: 'rejected', code: 'denied' }
  // 500 with this text is not the server being down: a webhook that must be asked does not answer. The object is refused.
  if (/failed calling webhook|exceeded quota/.test(message)) return { kind: 'rejected', code: 'not-admitted' }
  switch (code) {
    case 403:
      // RBAC says `User "x" cannot get ...`; admission (PodSecurity, ServiceAccount) uses the same status for an object it does not like.
      return message !== '' && !/ cannot /.test(message)
        ? { kind: 'rejected', code: 'not-admitted' }
        : { kind: 'forbidden', code: 'forbidden' }
    case 404:
      // Any web server says 404; only one with a Status comes from Kubernetes and is about an object.
      return { kind: 'not-found', code: status.reason === undefined ? 'no-such-path' : 'not-found' }
    case 408:
    case 504:
      return { kind: 'timeout', code: 'timeout' }
    case 409:
    case 412:
      return { kind: 'conflict', code: 'conflict' }
    case 410:
      return { kind: 'conflict', code: 'expired' }
    case 422:
      return message === patchRefused
        ? { kind: 'conflict', code: 'test-failed' }
        : { kind: 'rejected', code: 'invalid' }
    case 429:
      return { kind: 'unavailable', code: 'busy' }
    default:
      return code >= 400 && code < 500
        ? { kind: 'rejected', code: 'refused' }
        : { kind: 'unavailable', code: 'server-error' }
  }
}

function describe({ verb, resource, name, namespace }: Doing): string {
  if (resource === undefined) return verb
  const what = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
  const object = [namespace, name].filter((part) => part !== undefined).join('/')
  return object === '' ? `${verb} ${what}` : `${verb} ${what} ${object}`
}

function facts(doing: Doing, status: number | undefined): Readonly<Record<string, unknown>> {
  const { resource, ...rest } = doing
  return {
    ...rest,
    ...(resource === undefined ? {} : { resource: resource.plural, group: resource.group }),
    ...(status === undefined ? {} : { status }),
  }
}

function wordsOf(message: string | undefined, status: number): string {
  if (message === patchRefused) return 'the object is no longer as it was seen; nothing was changed'
  if (message !== undefined) return short(message)
  if (status >= 300 && status < 400)
    return `a redirection (${status}) was answered; the address of the kubeconfig is not that of a Kubernetes API server`
  return `the server answered ${status}`
}

function short(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim()
  return line.length > 600 ? `${line.slice(0, 600)}...` : line
}

function connectionWords(code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens at the address of its kubeconfig'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name of its kubeconfig does not resolve'
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'the connection broke'
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to the address of its kubeconfig'
    case 'CERT_HAS_EXPIRED':
      return 'the certificate of the server has expired'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'the certificate of the server is for another host'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'the certificate of the server is not signed by the authority that its kubeconfig names'
    default:
      return code === '' ? 'the connection failed' : `the connection failed (${code})`
  }
}
