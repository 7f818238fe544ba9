/**
 * The app: every route of the table with its handler. Listens nowhere.
 *
 * A request is judged in this order: who asks, which route, the body's shape, whether the thing exists in the project,
 * whether the caller may, whether its state allows it. The first refusal is the answer, and up to the last nothing was
 * stored.
 */

import type { SecureContextOptions } from 'node:tls'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Signer } from '../access/access.ts'
import type { Caller } from '../access/caller.ts'
import { routes } from '../contract/routes.ts'
import type { Route } from '../contract/route.ts'
import type { RouteName } from '../contract/routes.ts'
import { rescued, whenThere } from '../lib/soon.ts'
import type { Soon } from '../lib/soon.ts'
import { shapeProblem } from './accepted.ts'
import { answering } from './answer.ts'
import type { Answering } from './answer.ts'
import { accepted } from './gate/accept.ts'
import { admit, identify } from './gate/authenticate.ts'
import { bodiesInMemory } from './gate/bodies.ts'
import { announcedLength, forgetKindOfNothing, keepRawBodies, parsedBody, rawBody } from './gate/body.ts'
import { serveDescription } from './description.ts'
import { noteEvents } from './events.ts'
import type { NoteEvents } from './events.ts'
import { answerClientError } from './gate/client-error.ts'
import { shareConnections } from './gate/connections.ts'
import { json, safeHeaders, safeHeadersOverTls } from './gate/headers.ts'
import { rate } from './gate/rate.ts'
import type { Rate } from './gate/rate.ts'
import { checkSizes, parsedBytes, sizes } from './gate/sizes.ts'
import { handlersOf } from './handlers.ts'
import type { Parts } from './parts.ts'
import { refusalOf, translated } from './problem.ts'
import { requestIds } from './request-id.ts'
import { sending } from './sending.ts'
import type { Sending, Sent } from './sending.ts'
import { unknownRoute } from './unknown-route.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Absent where no route was found. */
    name?: RouteName
    /** No route of the table, and for anybody. */
    open?: true
  }
  interface FastifyRequest {
    /** Undefined where no route of the table was found. Fastify makes `routeOptions` anew for each look at it. */
    routeName: RouteName | undefined
    /** Known from a token at once, from a signature when the body was there. */
    caller: Caller | undefined
    signer: Signer | undefined
    /** The bytes that came. */
    rawBytes: Buffer | undefined
    /** Code of the problem that the answer tells; undefined when it was not refused. */
    refusal: string | undefined
  }
}

export interface ServerOptions {
  readonly https?: SecureContextOptions
  /** Addresses and networks, with commas between them: from these, `X-Forwarded-For` is believed. */
  readonly trustedProxies?: string
  /**
   * Milliseconds: until the headers are there, until the body is, between two requests of a connection, between two
   * looks at these, and for what is under way when the server is closed.
   */
  readonly timeouts?: Partial<typeof defaultTimeouts>
}

type Answer = ReturnType<Answering['of']>

/** Whatever was thrown, nothing included: to Fastify nothing means that all is well. */
const asRefusal = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error('It was refused without a reason.', { cause: thrown })
const noRefusal = (): undefined => undefined

const defaultTimeouts = { headers: 15_000, request: 60_000, keepAlive: 60_000, lookEvery: 2000, finish: 10_000 }

export function server(parts: Parts, { https, trustedProxies, timeouts = {} }: ServerOptions = {}): FastifyInstance {
  const times = { ...defaultTimeouts, ...timeouts }
  const newRequestId = requestIds()
  const out = sending(https ? safeHeadersOverTls : safeHeaders)
  const http = {
    maxHeaderSize: parsedBytes,
    headersTimeout: times.headers,
    connectionsCheckingInterval: times.lookEvery,
    // A missing Host is refused by us, in the form that every refusal has.
    requireHostHeader: false,
  }
  const app: FastifyInstance = Fastify({
    logger: false,
    genReqId: newRequestId,
    bodyLimit: sizes.body,
    // Else all that a proxy passes on comes from one address, and whoever guesses wrong there locks everybody out.
    trustProxy: trustedProxies ?? false,
    requestTimeout: times.request,
    keepAliveTimeout: times.keepAlive,
    exposeHeadRoutes: false,
    // Whoever sends one more request on an open connection while the server stops gets its answer, and the connection ends.
    return503OnClosing: false,
    // An id that is too long to be one is just an unknown id.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: parsedBytes },
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
      const { status, headers, body } = refusalOf(translated(thrown), 'gateway', request.id)
      out.send(reply, { status, headers: { 'content-type': json, ...headers }, body: JSON.stringify(body) })
    },
    clientErrorHandler: (error, socket) => answerClientError(error, socket, newRequestId()),
    ...(https ? { https: { ...http, ...https, handshakeTimeout: times.headers } } : { http }),
  })
  app.server.maxConnections = parts.limits.connections
  shareConnections(app.server, parts.limits.connections)
  // Left to itself Node would answer, without a body and without a request id.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  const failed = (error: unknown, requestId: string): void =>
    parts.log.error({ requestId, err: error }, 'A request failed.')
  const answers = answering(parts, failed)
  const events = noteEvents(parts.upgrades, failed)
  keepRawBodies(app)
  addGate(app, parts, {
    requests: rate(parts.limits.requestsPerMinute, () => parts.access.now()),
    // Each costs a password's worth of work and two lines of the audit log, and nobody needs to be known for it.
    logIns: rate(Math.ceil(parts.limits.requestsPerMinute / 10), () => parts.access.now(), 'log-ins'),
  })
  let last: NodeJS.Timeout | undefined
  app.addHook('preClose', () => {
    out.stop()
    // They would be in flight for ever.
    events.stop()
    // What is in flight may end as if nothing was; what takes longer is stopped and says so.
    last = setTimeout(() => answers.stop(), times.finish)
    return Promise.resolve()
  })
  app.addHook('onClose', () => {
    clearTimeout(last)
    return Promise.resolve(answers.stop())
  })
  app.setErrorHandler(async (thrown, request, reply) => {
    const sent = await answers.refused(thrown, request)
    const unread = request.body === undefined && isLong(announcedLength(request))
    return out.send(reply, unread ? { ...sent, headers: { ...sent.headers, connection: 'close' } } : sent)
  })
  app.setNotFoundHandler((request) => {
    throw unknownRoute(request.method, request.url)
  })
  const handlers = handlersOf(parts)
  for (const name of Object.keys(routes) as RouteName[])
    app.route(routeOf(name, answers.of(name, handlers), events, out))
  serveDescription(app, out)
  return app
}

function addGate(
  app: FastifyInstance,
  { access }: Parts,
  { requests: limit, logIns }: Readonly<Record<'requests' | 'logIns', Rate>>,
): void {
  app.decorateRequest('routeName', undefined)
  app.decorateRequest('caller', undefined)
  app.decorateRequest('signer', undefined)
  app.decorateRequest('rawBytes', undefined)
  app.decorateRequest('refusal', undefined)

  const hold = bodiesInMemory()
  /** Whoever fails to become known is counted by address. */
  const failed = (request: FastifyRequest, thrown: unknown): never => {
    limit.count(request)
    throw thrown
  }
  const enter = (request: FastifyRequest, caller: Caller, name: RouteName | undefined): void => {
    request.caller = caller
    limit.count(request)
    if (name) admit(access, request, caller, routes[name].needs)
  }

  const letIn = (request: FastifyRequest, reply: FastifyReply): Soon<void> => {
    const { name, open } = request.routeOptions.config
    request.routeName = name
    checkSizes(request)
    if (name === 'createToken') logIns.count(request)
    if (open || (name && routes[name].needs === 'anybody')) {
      forgetKindOfNothing(request)
      return limit.count(request)
    }
    if (request.headers.authorization !== undefined) limit.look(request)
    const found = rescued(
      () => identify(access, request),
      (thrown) => failed(request, thrown),
    )
    return whenThere(found, (one) => {
      if ('verify' in one) request.signer = one
      else enter(request, one, name)
      forgetKindOfNothing(request)
      hold(request, reply)
    })
  }

  // Before the body is read.
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = rescued<Error | undefined>(() => whenThere(letIn(request, reply), noRefusal), asRefusal)
    void whenThere(refusal, done)
  })

  // Once the body is there, before its shape is looked at.
  app.addHook('preValidation', (request, _reply, done) => {
    const { signer, routeName: name } = request
    if (signer) enter(request, verified(request, signer), name)
    if (name) {
      const route: Route = routes[name]
      accepted(request.headers.accept, route.events === true)
      if (request.body !== undefined) {
        if (signer) request.rawBytes = rawBody(request)
        request.body = parsedBody(request)
      }
    }
    done()
  })

  const verified = (request: FastifyRequest, signer: Signer): Caller => {
    try {
      return signer.verify(rawBody(request))
    } catch (thrown) {
      return failed(request, thrown)
    }
  }
}

function routeOf(name: RouteName, answer: Answer, events: NoteEvents, out: Sending): RouteOptions {
  const route: Route = routes[name]
  return {
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: { name },
    bodyLimit: route.needs === 'anybody' ? sizes.bodyOfAnybody : sizes.body,
    schema: { ...(route.body ? { body: route.body } : {}), ...(route.query ? { querystring: route.query } : {}) },
    // Nothing is given back, here and in `sent`: Fastify waits for a reply that is, at each request, until it was sent.
    handler: (request, reply) => {
      const sent = (one: Sent): void => {
        const told = route.events && one.status === 200 && accepted(request.headers.accept, true) === 'events'
        if (told) tell(events, out, request, reply)
        else out.send(reply, one)
      }
      void rescued(
        () => whenThere(answer(request, reply), sent),
        (thrown) => void reply.send(thrown),
      )
    },
  }
}

/** The list was answered, so the caller may read it and it is there. */
function tell(events: NoteEvents, out: Sending, request: FastifyRequest, reply: FastifyReply): void {
  const { headers, body } = events.of(request, reply)
  reply
    .code(200)
    .headers({ ...out.usual(request.id), ...headers })
    .send(body)
}

/** Of a body that was refused before it was read: what is short is read and dropped, so that the answer arrives. */
const isLong = (length: number | undefined): boolean => length === undefined || length > 1_048_576
