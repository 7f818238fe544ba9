/** From a request that was let in to its answer: the handler, what it asked for, what is written down, what is sent. */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { Value } from 'typebox/value'
import type { TSchema } from 'typebox'
import { routes } from '../contract/routes.ts'
import type { Route } from '../contract/route.ts'
import type { RouteName } from '../contract/routes.ts'
import { inTurn } from '../lib/in-turn.ts'
import { Problem } from '../lib/problem.ts'
import { problemFrom } from '../lib/problem.ts'
import { AskedOf } from './asked.ts'
import { matches } from './etag.ts'
import { projectOf } from './gate/authenticate.ts'
import { permits } from './gate/permit.ts'
import { doneOnce } from './gate/replay.ts'
import type { Sent } from './gate/replay.ts'
import { isAudited, withoutOnce, writeAnswered, writeAsked, writeRefused } from './gate/trail.ts'
import type { Asked, Handler, Handlers } from './handler.ts'
import type { Parts } from './parts.ts'
import { preparing } from './prepared.ts'
import { refusalOf, translated } from './problem.ts'

export interface Answering {
  of(name: RouteName, handlers: Handlers): (request: FastifyRequest, reply: FastifyReply) => Promise<Sent>
  /** An answer from whatever was thrown; logged when it is our fault, written down when it was not allowed. */
  refused(thrown: unknown, request: FastifyRequest): Promise<Sent>
  /** Aborts what is under way. */
  stop(): void
}

const json = 'application/json; charset=utf-8'

export function answering(
  parts: Pick<Parts, 'access'>,
  failed: (thrown: unknown, requestId: string) => void,
): Answering {
  const { access } = parts
  const now = (): number => access.now()
  const trail = { audit: access.audit, now }
  const replays = { replays: access.replays, ofRequest: inTurn(), now }
  const stopping = new AbortController()
  const prepared = preparing()

  const refusal = (thrown: unknown, request: FastifyRequest): Sent => {
    const { name } = request.routeOptions.config
    const problem = problemFrom(translated(thrown))
    const { status, headers, body } = refusalOf(problem, name ? routes[name].family : 'gateway', request.id)
    request.refusal = problem.code
    // Nobody's fault but of those who flood us: metrics count it, and a line for each would fill the disk.
    const flooded = thrown instanceof Problem && thrown.code === 'access/busy'
    if (status >= 500 && !flooded) failed(thrown, request.id)
    return { status, headers: { ...headers, 'content-type': json }, body: JSON.stringify(body) }
  }

  const refused = async (thrown: unknown, request: FastifyRequest): Promise<Sent> => {
    const { name } = request.routeOptions.config
    const sent = refusal(thrown, request)
    if (sent.status !== 403 || !name || !request.caller) return sent
    try {
      await writeRefused(trail, request, name)
      return sent
    } catch (notWritten) {
      return refusal(notWritten, request)
    }
  }

  const succeeded = (
    { status, etag: tagged }: Route,
    request: FastifyRequest,
    answer: object,
    more: Readonly<Record<string, string>> | undefined,
  ): Sent => {
    if (!tagged) return { status, headers: { 'content-type': json, ...more }, body: JSON.stringify(answer) }
    const { body, etag } = prepared(answer)
    const headers = { 'content-type': json, ...more, etag, 'cache-control': 'private, no-cache' }
    return matches(request.headers['if-none-match'], etag) ? { status: 304, headers } : { status, headers, body }
  }

  const done = async (name: RouteName, handle: Handler<RouteName>, request: FastifyRequest, reply: FastifyReply) => {
    const route: Route = routes[name]
    const audited = isAudited(request, name)
    if (audited) await writeAsked(trail, request, name)
    const project = projectOf(request)
    const gate = permits({
      access,
      needs: route.needs,
      caller: request.caller,
      project: project === undefined ? undefined : access.project(project),
      now,
    })
    const shape = { query: known(route.query, request.query), body: known(route.body, request.body) }
    const asked = new AskedOf(request, reply, shape, gate, stopping.signal)
    let sent: Sent
    let after: unknown
    try {
      // The schemas of this very route were checked a moment ago; the generic table cannot tell the compiler.
      const answer = await handle(asked as unknown as Asked<RouteName>)
      gate.finish()
      sent = succeeded(route, request, answer, asked.headers)
      after = withoutOnce(route, answer)
    } catch (thrown) {
      sent = await refused(thrown, request)
    }
    // What was refused is in the log as that.
    if (!audited || sent.status === 403) return sent
    try {
      await writeAnswered(trail, request, name, sent.status, { before: asked.before, after })
    } catch (notWritten) {
      // It is done and the answer is true; that it is missing in the log is for the log of the program to say.
      failed(notWritten, request.id)
    }
    return sent
  }

  return {
    of(name, handlers) {
      const handle = handlers[name] as Handler<RouteName>
      const { once, looks }: Route = routes[name]
      return (request, reply) => {
        const { signer, rawBytes = new Uint8Array() } = request
        if (!signer || looks || request.method === 'GET') return done(name, handle, request, reply)
        return doneOnce(replays, signer.replayKey, rawBytes, once !== undefined, () =>
          done(name, handle, request, reply),
        )
      }
    },
    refused,
    stop: () => stopping.abort(),
  }
}

/** Unknown members are ignored here, at the door, so that none is ever stored. */
const known = (schema: TSchema | undefined, value: unknown): unknown =>
  schema === undefined ? undefined : Value.Clean(schema, value)
