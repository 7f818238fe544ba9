/**
 * The app: every route of the table with its handler. Listens nowhere.
 *
 * A request is judged in this order: who asks, which route, the body's shape, whether the thing exists in the project,
 * whether its state allows it. The first refusal is the answer, and up to the last nothing was stored.
 */

import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { Value } from 'typebox/value'
import type { TSchema } from 'typebox'
import type { Caller } from '../access/access.ts'
import { routes } from '../contract/routes.ts'
import type { Route } from '../contract/route.ts'
import type { RouteName } from '../contract/routes.ts'
import { inTurn } from '../lib/in-turn.ts'
import { Problem } from '../lib/problem.ts'
import { shapeProblem } from './accepted.ts'
import { etagOf, matches } from './etag.ts'
import { extensionHandlers } from './extensions.ts'
import type { Asked, Handler, Handlers } from './handler.ts'
import { jobHandlers } from './jobs.ts'
import { meshHandlers } from './meshes.ts'
import type { Parts } from './parts.ts'
import { refusalOf, translated } from './problem.ts'
import type { Refusal } from './problem.ts'
import { tokenHandlers } from './tokens.ts'
import { upgradeHandlers } from './upgrades.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Absent where no route was found. */
    route?: Route
  }
  interface FastifyRequest {
    caller: Caller | undefined
  }
}

export function server(parts: Parts): FastifyInstance {
  const ofMesh = inTurn()
  const handlers: Handlers = {
    ...tokenHandlers(parts),
    ...upgradeHandlers(parts, ofMesh),
    ...jobHandlers(parts),
    ...meshHandlers(parts, ofMesh),
    ...extensionHandlers(parts),
  }
  const stopping = new AbortController()
  const app = Fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: 1_048_576,
    requestTimeout: 30_000,
    exposeHeadRoutes: false,
    // Nothing is coerced, nothing is taken away: `5` is not "5". `verbose` gives the schema beside each error.
    ajv: {
      customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, verbose: true },
      onCreate: (ajv) => ajv.addKeyword('accepts'),
    },
    schemaErrorFormatter: ([error], where) =>
      error
        ? shapeProblem(error, where === 'body' ? 'body' : 'query')
        : new Error('A shape was refused without a reason.'),
    frameworkErrors: (thrown, request, reply: FastifyReply) => {
      refuse(reply, refusalOf(translated(thrown), 'gateway', request.id), request.id)
    },
  })
  app.decorateRequest('caller', undefined)
  app.addHook('preClose', () => Promise.resolve(stopping.abort()))
  acceptJson(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    await authenticate(request, parts)
  })
  app.setErrorHandler((thrown, request, reply) => {
    const family = request.routeOptions.config.route?.family ?? 'gateway'
    const refusal = refusalOf(translated(thrown), family, request.id)
    if (refusal.status >= 500) parts.log.error({ requestId: request.id, err: thrown }, 'A request failed.')
    refuse(reply, refusal, request.id)
  })
  app.setNotFoundHandler((request) => {
    throw unknownRoute(request)
  })
  for (const name of Object.keys(routes) as RouteName[]) app.route(routeOf(name, handlers[name], stopping.signal))
  return app
}

/** No body is as good as none: published clients send a Content-Type with every GET and DELETE. */
function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, body, done)
  })
}

async function authenticate(request: FastifyRequest, parts: Parts): Promise<void> {
  const { route } = request.routeOptions.config
  if (route && route.action === undefined) return
  request.caller = await parts.access.whoIs(header(request, 'x-auth-token'), parts.now())
  // Nothing to compare on the way to an unknown route.
  if (!route) return
  const { project_id: project } = request.params as { readonly project_id: string }
  const claimed = header(request, 'x-project-id')
  if (request.caller.project?.id !== project || (claimed !== undefined && claimed !== project))
    throw new Problem({
      kind: 'forbidden',
      code: 'access/other-project',
      text: `The token is for ${request.caller.project ? `project ${request.caller.project.id}` : 'no project'}, and the request is for another one.`,
    })
}

function routeOf<Name extends RouteName>(name: Name, handle: Handler<Name>, stopping: AbortSignal): RouteOptions {
  const route: Route = routes[name]
  return {
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: { route },
    schema: { ...(route.body ? { body: route.body } : {}), ...(route.query ? { querystring: route.query } : {}) },
    handler: async (request, reply) => {
      const answer = await handle({
        params: request.params,
        query: known(route.query, request.query),
        body: known(route.body, request.body),
        caller: request.caller,
        signal: AbortSignal.any([callerGone(reply), stopping]),
        answerHeader: (key, value) => void reply.header(key, value),
        // The schemas of this very route were checked a moment ago; the generic table cannot tell the compiler.
      } as Asked<Name>)
      const body = JSON.stringify(answer)
      reply.type('application/json; charset=utf-8')
      if (!route.etag) return reply.code(route.status).send(body)
      const etag = etagOf(body)
      reply.header('etag', etag)
      return matches(request.headers['if-none-match'], etag)
        ? reply.code(304).send()
        : reply.code(route.status).send(body)
    },
  }
}

/** Aborted when the connection ends before the answer does. Not `request.signal`: that one ends with the request's body. */
function callerGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return gone.signal
}

/** Unknown members are ignored here, at the door, so that none is ever stored. */
const known = (schema: TSchema | undefined, value: unknown): unknown =>
  schema === undefined ? undefined : Value.Clean(schema, value)

function unknownRoute(request: FastifyRequest): Problem {
  const path = request.url.replace(/\?.*$/, '')
  const methods = Object.values(routes)
    .filter((route: Route) => new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .map((route) => route.method)
  if (methods.length > 0)
    return new Problem({
      kind: 'invalid',
      code: 'http/wrong-method',
      text: `The API does not exist: ${request.method} is not offered here, only ${methods.join(', ')}.`,
      facts: { allow: methods },
    })
  return new Problem({
    kind: 'not-found',
    code: 'http/unknown-route',
    text: 'The API does not exist or has not been published in the environment.',
  })
}

function refuse(reply: FastifyReply, { status, headers, body }: Refusal, requestId: string): void {
  void reply
    .code(status)
    .headers({ 'x-request-id': requestId, ...headers })
    .send(body)
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
