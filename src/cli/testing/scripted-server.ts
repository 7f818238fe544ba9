/** A server that answers as a test says, and remembers what it was asked. Its answers are checked by the contract. */

import { Value } from 'typebox/value'
import type { Fetch } from '../../client/transport.ts'
import { routes } from '../../contract/routes.ts'
import type { Route } from '../../contract/route.ts'
import type { Answer, Body, Params, RouteName } from '../../contract/routes.ts'

export interface Asked<Name extends RouteName> {
  readonly params: Params<Name>
  readonly body: Body<Name>
  readonly query: Readonly<Record<string, string>>
}

/** A refusal, as the documented routes have it. */
export class Refusal {
  readonly status: number
  readonly code: string
  readonly text: string
  constructor(status: number, code: string, text: string) {
    this.status = status
    this.code = code
    this.text = text
  }
}

export type Script = {
  readonly [Name in Exclude<RouteName, 'createToken'>]?: (asked: Asked<Name>) => Answer<Name> | Refusal
}

export interface ScriptedServer {
  readonly fetch: Fetch
  /** `name body`, in order, without logging in. */
  readonly calls: readonly { readonly name: RouteName; readonly body: unknown }[]
}

export const secret = 'only-the-server-may-know'

export function scriptedServer(script: Script): ScriptedServer {
  const calls: { readonly name: RouteName; readonly body: unknown }[] = []
  const fetch: Fetch = async (url, init) => {
    init.signal?.throwIfAborted()
    const { pathname, searchParams } = new URL(url)
    const { name, params } = routeOf(init.method ?? 'GET', pathname)
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    if (name === 'createToken') return loggedIn(body)
    calls.push({ name, body })
    const answer = (script[name] as ((asked: unknown) => unknown) | undefined)?.({
      params,
      body,
      query: Object.fromEntries(searchParams),
    })
    if (answer === undefined) return refused(new Refusal(500, 'test/script', `The script has no answer to ${name}.`))
    if (answer instanceof Refusal) return refused(answer)
    const route: Route = routes[name]
    const wrong = Value.Errors(route.answer, answer)
    // A throw would look like a server that is not there.
    if (wrong.length > 0)
      return refused(
        new Refusal(500, 'test/script', `The answer to ${name} breaks the contract: ${JSON.stringify(wrong)}`),
      )
    return Response.json(answer, { status: route.status })
  }
  return { fetch, calls }
}

const projectId = '0123456789abcdef0123456789abcdef'

export const who = {
  MESHLIFT_SERVER: 'http://scripted',
  MESHLIFT_USER: 'admin',
  MESHLIFT_PASSWORD: secret,
  MESHLIFT_DOMAIN: 'meshlift',
  MESHLIFT_PROJECT: projectId,
} as const

function loggedIn(body: unknown): Response {
  if (!JSON.stringify(body).includes(`"${secret}"`))
    return refused(new Refusal(401, 'access/wrong-credentials', 'The username or password is wrong.'))
  const project = { id: projectId, name: 'default', domain: { id: 'd', name: 'meshlift' } }
  return Response.json({ token: { project } }, { status: 201, headers: { 'x-subject-token': 'a-token' } })
}

const refused = ({ status, code, text }: Refusal): Response =>
  Response.json({ error_code: 'ASM.01010003', error_msg: text, problem: code }, { status })

function routeOf(
  method: string,
  path: string,
): { readonly name: RouteName; readonly params: Readonly<Record<string, string>> } {
  for (const name of Object.keys(routes) as RouteName[]) {
    const route: Route = routes[name]
    const pattern = new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
    const found = route.method === method ? pattern.exec(path) : null
    if (found) return { name, params: { ...found.groups } }
  }
  throw new Error(`No route for ${method} ${path}.`)
}
