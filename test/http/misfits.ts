/** What an answer has that the contract does not: status, shape, headers. Needs no test runner. */

import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { ErrorAnswer, GatewayAnswer, IamAnswer } from '../../src/contract/problems.ts'
import { routes } from '../../src/contract/routes.ts'
import type { Route } from '../../src/contract/route.ts'

/** What asm-api 5.2 documents for the service, and 5.4 and the status appendix for the gate in front of it. */
const service = [400, 403, 404, 409, 500]
const gate = [400, 401, 404, 405, 406, 408, 413, 414, 415, 429, 494, 500]
const more = { asm: [], ours: [422, 502, 503, 504], iam: [401, 503] }

export interface Told {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const known = Object.values(routes).map((route: Route) => ({
  route,
  path: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}/?$`),
}))

/** One sentence each; none when it fits. @param path without query */
export function misfits(method: string, path: string, { status, headers, text }: Told): readonly string[] {
  const route = known.find((one) => one.route.method === method && one.path.test(path))?.route
  const said = misfitsOfHeaders(status, headers)
  if (status === 304) return [...said, ...(text === '' ? [] : ['It has a body, and a 304 has none.'])]
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return [...said, `It is not JSON: ${text.slice(0, 100)}`]
  }
  return [...said, ...misfitsOfBody(route, status, body)]
}

function misfitsOfHeaders(status: number, headers: Headers): readonly string[] {
  return [
    ...(/^[0-9a-f]{32}$/.test(headers.get('x-request-id') ?? '') ? [] : ['It has no request id.']),
    ...(status === 429 && !headers.has('retry-after') ? ['It does not say when to come again.'] : []),
    ...((status === 405) === headers.has('allow')
      ? []
      : ['Which methods there are belongs to a 405, and to that alone.']),
  ]
}

function misfitsOfBody(route: Route | undefined, status: number, body: unknown): readonly string[] {
  const odd = (allowed: readonly (number | undefined)[]): readonly string[] =>
    allowed.includes(status) ? [] : [`The status ${status} is none of ${allowed.join(', ')}.`]
  const shape = (schema: TSchema): readonly string[] =>
    Value.Check(schema, body)
      ? []
      : Value.Errors(schema, body).map(({ instancePath, message }) => `${instancePath || 'The body'} ${message}.`)
  if (status < 400) return [...odd([route?.status]), ...shape(route?.answer ?? {})]
  if (Value.Check(GatewayAnswer, body))
    return [
      ...odd(gate),
      ...(/^APIGW\.\d{4}$/.test(body.error_code) ? [] : [`${body.error_code} is no code of the gateway.`]),
    ]
  const statuses = odd([...service, ...(route ? more[route.family] : [])])
  if (route?.family === 'iam') return [...statuses, ...shape(IamAnswer)]
  const wrong = [...statuses, ...shape(ErrorAnswer)]
  if (wrong.length > 0) return wrong
  const { errorCode, errorMsg, error_code, error_msg } = body as ErrorAnswer
  return errorCode === error_code && errorMsg === error_msg ? [] : ['The two spellings say different things.']
}
