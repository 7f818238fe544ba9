/** From a request that was let in to its answer: the handler, what it asked for, what is written down, what is sent. */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { Value } from 'typebox/value'
import type { TSchema } from 'typebox'
import { routes } from '../contract/routes.ts'
import type { Route } from '../contract/route.ts'
import type { RouteName } from '../contract/routes.ts'
import { inTurn } from '../lib/in-turn.ts'
import { Problem, problemFrom } from '../lib/problem.ts'
import { rescued, whenThere } from '../lib/soon.ts'
import type { Soon } from '../lib/soon.ts'
import { AskedOf } from './asked.ts'
import { unlessKnown } from './etag.ts'
import { projectOf } from './gate/authenticate.ts'
import { json } from './gate/headers.ts'
import { Permits } from './gate/permit.ts'
import { doneOnce } from './gate/replay.ts'
import { isAudited, withoutOnce, writeAnswered, writeAsked, writeRefused } from './gate/trail.ts'
import type { Handlers } from './handler.ts'
import type { Parts } from './parts.ts'
import { preparing } from './prepared.ts'
import { refusalOf, translated } from './problem.ts'
import type { Sent } from './sending.ts'

export interface Answering {
  of(name: RouteName, handlers: Handlers): (request: FastifyRequest, reply: FastifyReply) => Soon<Sent>
  /** An answer from whatever was thrown; logged when it is our fault, written down when it was not allowed. */
  refused(thrown: unknown, request: FastifyRequest): Promise<Sent>
  /** Aborts what is under way. */
  stop(): void
}

const none = new Uint8Array()

type Handle = (asked: AskedOf) => Soon<object>

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
    const { routeName: name } = request
    const problem = problemFrom(translated(thrown))
    const { status, headers, body } = refusalOf(problem, name ? routes[name].family : 'gateway', request.id)
    request.refusal = problem.code
    // Nobody's fault but of those who flood us: metrics count it, and a line for each would fill the disk.
    const flooded = thrown instanceof Problem && thrown.code === 'access/busy'
    if (status >= 500 && !flooded) failed(thrown, request.id)
    return { status, headers: { ...headers, 'content-type': json }, body: JSON.stringify(body) }
  }

  const refused = async (thrown: unknown, request: FastifyRequest): Promise<Sent> => {
    const { routeName: name } = request
    const sent = refusal(thrown, request)
    if (sent.status !== 403 || !name || !request.caller) return sent
    try {
      await writeRefused(trail, request, name)
      return sent
    } catch (notWritten) {
      return refusal(notWritten, request)
    }
  }

  const kept = (request: FastifyRequest, status: number, { headers: more }: AskedOf, answer: object): Sent => {
    const { body, etag, headers: always } = prepared(answer)
    const headers = more === undefined ? always : { ...more, ...always }
    return unlessKnown(request.headers['if-none-match'], etag, { status, headers, body })
  }

  const succeeded = (
    { status, etag: tagged }: Route,
    request: FastifyRequest,
    asked: AskedOf,
    answer: object,
  ): Sent => {
    asked.gate.finish()
    const sent = tagged ? kept(request, status, asked, answer) : written(status, asked, answer)
    asked.answer = answer
    return sent
  }

  const opened = ({ needs, query, body }: Route, request: FastifyRequest, reply: FastifyReply): AskedOf => {
    const project = projectOf(request)
    const gate = new Permits({
      access,
      needs,
      caller: request.caller,
      project: project === undefined ? undefined : access.project(project),
      now,
    })
    const shape = { query: known(query, request.query), body: known(body, request.body) }
    return new AskedOf(request, reply, shape, gate, stopping.signal)
  }

  const carriedOut = (route: Route, handle: Handle, asked: AskedOf, request: FastifyRequest): Soon<Sent> =>
    rescued(
      () => whenThere(handle(asked), (answer) => succeeded(route, request, asked, answer)),
      (thrown) => refused(thrown, request),
    )

  const writtenDown = async (
    name: RouteName,
    handle: Handle,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Sent> => {
    const route: Route = routes[name]
    await writeAsked(trail, request, name)
    const asked = opened(route, request, reply)
    const sent = await carriedOut(route, handle, asked, request)
    // What was refused is in the log as that.
    if (sent.status === 403) return sent
    const { before, answer } = asked
    try {
      await writeAnswered(trail, request, name, sent.status, { before, after: withoutOnce(route, answer) })
    } catch (notWritten) {
      // It is done and the answer is true; that it is missing in the log is for the log of the program to say.
      failed(notWritten, request.id)
    }
    return sent
  }

  return {
    of(name, handlers) {
      // The schemas of this very route are checked before it is called; the generic table cannot tell the compiler.
      const handle = handlers[name] as unknown as Handle
      const route: Route = routes[name]
      const done = (request: FastifyRequest, reply: FastifyReply): Soon<Sent> =>
        isAudited(request, name)
          ? writtenDown(name, handle, request, reply)
          : carriedOut(route, handle, opened(route, request, reply), request)
      return (request, reply) => {
        const { signer, rawBytes = none } = request
        if (!signer || route.looks || request.method === 'GET') return done(request, reply)
        const once = route.once !== undefined
        return doneOnce(replays, signer.replayKey(), rawBytes, once, async () => done(request, reply))
      }
    },
    refused,
    stop: () => stopping.abort(),
  }
}

const written = (status: number, { headers }: AskedOf, answer: object): Sent => ({
  status,
  headers: { 'content-type': json, ...headers },
  body: JSON.stringify(answer),
})

/** Unknown members are ignored here, at the door, so that none is ever stored. */
const known = (schema: TSchema | undefined, value: unknown): unknown =>
  schema === undefined ? undefined : Value.Clean(schema, value)
