/** One request: the route table says how it looks, `fetch` carries it. */

import { routes } from '../contract/routes.ts'
import type { Route } from '../contract/route.ts'
import type { Answer, RouteName } from '../contract/routes.ts'
import { Refused, refusedBy } from './refused.ts'
import { unreachable } from './unreachable.ts'
import type { Unsigned } from './signed.ts'

/** Node's own, or one that calls a server in this process. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface Where {
  /** `http://127.0.0.1:8080`; anything will do for a server in this process. */
  readonly baseUrl: string
  readonly fetch: Fetch
}

export interface Message {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | undefined>>
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  /** More headers, which depend on all that is sent. */
  readonly sign?: (request: Unsigned) => Readonly<Record<string, string>>
}

export interface Received<Name extends RouteName> {
  /** undefined for 304. */
  readonly answer: Answer<Name> | undefined
  readonly headers: Headers
}

/** Throws Refused; what the signal throws passes through. */
export async function send<Name extends RouteName>(
  { baseUrl, fetch }: Where,
  name: Name,
  message: Message,
  signal?: AbortSignal,
): Promise<Received<Name>> {
  const { method, path }: Route = routes[name]
  const url = urlOf(baseUrl, path, message)
  const sent = message.body === undefined ? undefined : JSON.stringify(message.body)
  const signature = message.sign?.({ method, target: targetOf(url), body: sent ?? '' })
  const init: RequestInit = {
    method,
    // The server leads nowhere else; whoever stands in its place would get the password or the token sent on.
    redirect: 'manual',
    headers: {
      ...message.headers,
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...signature,
    },
    ...(sent === undefined ? {} : { body: sent }),
    ...(signal ? { signal } : {}),
  }
  const { response, text } = await fetch(url, init)
    .then(async (answered) => ({ response: answered, text: await answered.text() }))
    .catch((thrown: unknown) => {
      throw signal?.aborted === true ? signal.reason : unreachable(baseUrl, thrown)
    })
  if (response.status === 304) return { answer: undefined, headers: response.headers }
  const body = parse(text)
  if (!response.ok) throw refusedBy(response, body)
  if (typeof body !== 'object' || body === null)
    throw new Refused({
      status: response.status,
      code: 'client/not-ours',
      text: `${baseUrl} is not a meshlift server.`,
    })
  // Types end at the wire: both sides are made from the same table, and the server's tests check its answers by it.
  return { answer: body as Answer<Name>, headers: response.headers }
}

function urlOf(baseUrl: string, path: string, { params, query }: Message): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => segmentOf(params[key] ?? ''))
  const asked = new URLSearchParams(
    Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString()
  return `${baseUrl.replace(/\/$/, '')}${filled}${asked === '' ? '' : `?${asked}`}`
}

/**
 * Throws Refused for what is not one part of a path. However they are escaped, `.` and `..` are taken away with the part
 * before them: taking the user `..` out of a group would remove the group.
 */
function segmentOf(id: string): string {
  if (id !== '' && id !== '.' && id !== '..') return encodeURIComponent(id)
  throw new Refused({ status: 0, code: 'client/no-id', text: `"${id}" is not an id.` })
}

function targetOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
