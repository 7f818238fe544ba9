/**
 * What one request gives its handler, and what the handler says beside its answer.
 *
 * A class, because most handlers use little of it: what is not looked at is not made. Not a literal with a getter: each
 * of those is a shape of its own to V8, which keeps it, and the whole request with it, until the next full collection.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, Origin } from '../access/caller.ts'
import type { RouteName } from '../contract/routes.ts'
import { headerOf } from './gate/headers.ts'
import type { Permits } from './gate/permit.ts'
import type { Asked } from './handler.ts'

export interface Checked {
  readonly query: unknown
  readonly body: unknown
}

/** Parameters, query and body have the shapes of their route, which `answer.ts` vouches for. */
export class AskedOf implements Omit<Asked<RouteName>, 'params' | 'query' | 'body'> {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
  readonly caller: Caller | undefined
  readonly gate: Permits
  /** What the handler said the object was. */
  before: unknown
  /** What the handler has the answer say beside its body; undefined when that is nothing. */
  headers: Record<string, string> | undefined
  /** What the handler answered; undefined when it was refused. */
  answer: object | undefined
  readonly #request: FastifyRequest
  readonly #reply: FastifyReply
  readonly #stopping: AbortSignal

  constructor(
    request: FastifyRequest,
    reply: FastifyReply,
    { query, body }: Checked,
    gate: Permits,
    stopping: AbortSignal,
  ) {
    this.params = request.params
    this.query = query
    this.body = body
    this.caller = request.caller
    this.gate = gate
    this.before = undefined
    this.headers = undefined
    this.answer = undefined
    this.#request = request
    this.#reply = reply
    this.#stopping = stopping
  }

  get from(): Origin {
    return this.#request.ip
  }

  get permit(): Asked<RouteName>['permit'] {
    return (resource, also) => this.gate.permit(resource, also)
  }

  get may(): Asked<RouteName>['may'] {
    return (resource) => this.gate.may(resource)
  }

  get permitted(): Asked<RouteName>['permitted'] {
    return (things, resourceOf) => this.gate.permitted(things, resourceOf)
  }

  get signal(): AbortSignal {
    return AbortSignal.any([callerGone(this.#reply), this.#stopping])
  }

  get header(): Asked<RouteName>['header'] {
    return (name) => headerOf(this.#request, name)
  }

  get was(): Asked<RouteName>['was'] {
    return (before) => {
      this.before = before
    }
  }

  get answerHeader(): Asked<RouteName>['answerHeader'] {
    return (name, value) => {
      this.headers = { ...this.headers, [name]: value }
    }
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
