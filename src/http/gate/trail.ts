/**
 * What the audit log gets of one request. Nothing is done that was not written down before: when `asked` cannot be
 * stored, the request fails. Never what was sent: bodies hold passwords.
 */

import type { FastifyRequest } from 'fastify'
import type { AuditLog, NewEntry } from '../../access/audit/log.ts'
import type { Route } from '../../contract/route.ts'
import type { RouteName } from '../../contract/routes.ts'
import type { TokenAnswer } from '../../contract/tokens.ts'
import { isRecord } from '../../lib/json.ts'
import { headerOf } from './headers.ts'

export interface TrailParts {
  readonly audit: AuditLog
  readonly now: () => number
}

/** Writes are audited, and looking at somebody else's token. Of other reads only what was refused. */
export const isAudited = (request: FastifyRequest, name: RouteName): boolean =>
  request.method !== 'GET' ||
  (name === 'checkToken' && headerOf(request, 'x-subject-token') !== headerOf(request, 'x-auth-token'))

export const writeAsked = (parts: TrailParts, request: FastifyRequest, name: RouteName): Promise<void> =>
  parts.audit.append(entry(parts, request, name, { kind: 'asked' }))

/** @param before what the handler said the object was; undefined when it said nothing */
export const writeAnswered = (
  parts: TrailParts,
  request: FastifyRequest,
  name: RouteName,
  status: number,
  { before, after }: { readonly before?: unknown; readonly after?: unknown },
): Promise<void> =>
  parts.audit.append(
    entry(parts, request, name, {
      kind: 'answered',
      status,
      ...loggedIn(name, after),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    }),
  )

/**
 * Nobody is known while a password is looked at; the token that was given says who it was. Of a log-in that failed no
 * name is kept: people type passwords where names belong, and the log is for ever.
 */
function loggedIn(name: RouteName, answer: unknown): Pick<NewEntry, 'user'> {
  if (name !== 'createToken' || answer === undefined) return {}
  const { id, name: called } = (answer as TokenAnswer).token.user
  return { user: { id, name: called } }
}

export const writeRefused = (parts: TrailParts, request: FastifyRequest, name: RouteName): Promise<void> =>
  parts.audit.append(entry(parts, request, name, { kind: 'refused', status: 403 }))

/** What is shown once is not written down. */
export function withoutOnce({ once }: Route, answer: unknown): unknown {
  if (once === undefined || !isRecord(answer)) return answer
  return Object.fromEntries(Object.entries(answer).filter(([name]) => !once.includes(name)))
}

/** A path of 32 KiB is accepted and refused; the log need not keep it. */
const longestPath = 1000

function entry(
  { now }: TrailParts,
  request: FastifyRequest,
  name: RouteName,
  what: Pick<NewEntry, 'kind' | 'status' | 'before' | 'after' | 'user'>,
): NewEntry {
  const { caller } = request
  return {
    at: now(),
    requestId: request.id,
    ...(caller
      ? {
          user: { id: caller.user.id, name: caller.user.name },
          with: caller.by.kind === 'token' ? 'token' : caller.by.id,
        }
      : {}),
    from: request.ip,
    operation: name,
    about: request.url.replace(/\?.*$/s, '').slice(0, longestPath),
    ...what,
  }
}
