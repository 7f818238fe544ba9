/** Every route as a typed function, made from the contract. Used by the command line and by tests. */

import { routes } from '../contract/routes.ts'
import type { Route } from '../contract/route.ts'
import type { Answer, Body, Params, Query, RouteName } from '../contract/routes.ts'
import type { Session } from './login.ts'
import { signatureHeaders } from './signed.ts'
import type { SigningSession, Unsigned } from './signed.ts'
import { send } from './transport.ts'
import type { Where } from './transport.ts'

/** Path parameters by name (the project is the session's), `body` and `query` where the route has one. */
export type Call<Name extends RouteName> = Omit<Params<Name>, 'project_id'> &
  (Body<Name> extends undefined ? unknown : { readonly body: Body<Name> }) &
  (Query<Name> extends undefined ? unknown : { readonly query?: Query<Name> })

type Calling<Name extends RouteName> =
  Record<never, never> extends Call<Name>
    ? (call?: Call<Name>, signal?: AbortSignal) => Promise<Answer<Name>>
    : (call: Call<Name>, signal?: AbortSignal) => Promise<Answer<Name>>

/** Each throws Refused when the server does not do what was asked. */
export type Client = { readonly [Name in Exclude<RouteName, 'createToken'>]: Calling<Name> }

/** How many answers are remembered for `If-None-Match`: whoever polls, polls few things. */
const remembered = 32

/** @param session a token, or an access key that signs each request */
export function client(where: Where, session: Session | SigningSession): Client {
  const token = 'token' in session ? { 'x-auth-token': session.token } : {}
  const signing = 'token' in session ? {} : { sign: (request: Unsigned) => signatureHeaders(session, request) }
  const last = new Map<string, { readonly etag: string; readonly answer: unknown }>()

  async function call(name: RouteName, asked: Asked, signal?: AbortSignal): Promise<unknown> {
    const { body, query = {}, ...rest } = asked
    const params = rest as Readonly<Record<string, string>>
    const route: Route = routes[name]
    const key = JSON.stringify([name, params])
    const before = route.etag ? last.get(key) : undefined
    const headers = { ...token, ...(before ? { 'if-none-match': before.etag } : {}) }
    const message = { params: { ...params, project_id: session.projectId }, query, body, headers, ...signing }
    const received = await send(where, name, message, signal)
    if (received.answer === undefined) return before?.answer
    const etag = received.headers.get('etag')
    if (route.etag && etag !== null) {
      last.delete(key)
      last.set(key, { etag, answer: received.answer })
      for (const oldest of [...last.keys()].slice(0, -remembered)) last.delete(oldest)
    }
    return received.answer
  }

  const names = (Object.keys(routes) as RouteName[]).filter((name) => name !== 'createToken')
  return Object.fromEntries(
    names.map((name) => [name, (asked: Asked = {}, signal?: AbortSignal) => call(name, asked, signal)]),
    // One function a route, as the type says; TypeScript cannot see that through Object.fromEntries.
  ) as unknown as Client
}

interface Asked {
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string | undefined>>
}
