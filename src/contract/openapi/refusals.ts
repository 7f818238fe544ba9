/** Which refusals a route may answer, and how they look. What each status means is told once, for all routes. */

import type { Route } from '../route.ts'
import type { Json } from './schema.ts'

/** From the gate in front of every route (asm-api 5.4). */
const gate: Readonly<Record<number, string>> = {
  401: 'Nobody is known: no credentials, or none that are good.',
  405: 'The path exists, and not with this method; `Allow` says which.',
  406: 'None of the accepted forms can be had.',
  408: 'The request did not arrive in time.',
  413: 'The body is larger than 12 MB; of a log-in, than 64 KB.',
  414: 'The address is longer than 32 KB.',
  415: 'The body is not JSON in UTF-8.',
  429: 'Too many requests; `Retry-After` says how many seconds to wait.',
  494: 'A header is larger than 32 KB, or all of them are larger than 128 KB.',
}

const meanings: Readonly<Record<number, string>> = {
  400: 'The request makes no sense; the message names the field and what it must be.',
  403: 'Not allowed; the message names the action and what it is about.',
  404: 'There is no such thing in this project.',
  409: 'Not in the present state; the message says what stands in the way.',
  422: 'Checks object; the message says which.',
  500: 'A fault of the server, or a cluster that is away.',
  502: 'The cluster refused what was asked of it.',
  503: 'Not now; it may work later.',
  504: 'Something did not answer in time.',
}

const bodies: Readonly<Record<Route['family'], string>> = { asm: 'ErrorAnswer', ours: 'ErrorAnswer', iam: 'IamAnswer' }

/** The statuses that a family documents, beside the gate's. */
const statuses: Readonly<Record<Route['family'], readonly number[]>> = {
  asm: [400, 403, 404, 409, 500],
  ours: [400, 403, 404, 409, 422, 500, 502, 503, 504],
  iam: [400, 401, 403, 404, 500, 503],
}

/** Beside `X-Request-Id`. But for 429, `Retry-After` is there only where it is known when it may be better. */
const headers: Readonly<Record<number, string>> = {
  401: 'Retry-After',
  405: 'Allow',
  429: 'Retry-After',
  500: 'Retry-After',
  503: 'Retry-After',
}

const refusal = (status: number, description: string, schema: string): Json => ({
  description,
  headers: Object.fromEntries(
    ['X-Request-Id', headers[status] ?? []].flat().map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  ),
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
})

/** By the name under which `refusalsOf` refers to them. */
export function refusals(): Readonly<Record<string, Json>> {
  const told = (family: Route['family']): readonly [string, Json][] =>
    statuses[family]
      .filter((status) => !(status in gate) || family === 'iam')
      .map((status) => [`${family}-${status}`, refusal(status, meanings[status] ?? gate[status] ?? '', bodies[family])])
  return Object.fromEntries([
    ...Object.entries(gate).map(([status, text]): [string, Json] => [
      `gate-${status}`,
      refusal(Number(status), text, 'GatewayAnswer'),
    ]),
    ...told('asm'),
    ...told('iam'),
    ...told('ours'),
  ])
}

export function refusalsOf(route: Route): Readonly<Record<string, Json>> {
  const own = statuses[route.family].filter((status) => status !== 409 || route.method !== 'GET')
  const atGate = Object.keys(gate)
    .map(Number)
    .filter((status) => (status !== 413 && status !== 415) || route.body !== undefined)
    .filter((status) => status !== 401 || (route.family !== 'iam' && route.needs !== 'anybody'))
  return Object.fromEntries(
    [
      ...own.map((status): [number, string] => [status, `${route.family}-${status}`]),
      ...atGate.map((status): [number, string] => [status, `gate-${status}`]),
    ]
      .toSorted(([a], [b]) => a - b)
      .map(([status, name]) => [String(status), { $ref: `#/components/responses/${name}` }]),
  )
}
