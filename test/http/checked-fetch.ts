/** A `fetch` that holds every answer against the contract: status, shape, request id. */

import { Value } from 'typebox/value'
import { expect } from 'vitest'
import type { Fetch } from '../../src/client/transport.ts'
import { ErrorAnswer, GatewayAnswer, IamAnswer } from '../../src/contract/problems.ts'
import { routes } from '../../src/contract/routes.ts'
import type { Route } from '../../src/contract/route.ts'

/** What asm-api 5.2 documents for the service, and 5.4 and the status appendix for the gate in front of it. */
const service = [400, 403, 404, 409, 500]
const gate = [400, 401, 404, 405, 406, 408, 413, 414, 415, 429, 494, 500]
const more = { asm: [], ours: [422, 502, 503, 504], iam: [401, 503] }

export function checkedFetch(fetch: Fetch): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init)
    const text = await response.clone().text()
    const { pathname } = new URL(url, 'http://x')
    const route = Object.values(routes).find(
      (one: Route) =>
        one.method === (init.method ?? 'GET') &&
        new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`).test(pathname),
    )
    expect(response.headers.get('x-request-id'), 'every answer has a request id').toMatch(/^[0-9a-f-]{36}$/)
    if (response.status === 304) expect(text).toBe('')
    else checkBody(route, response.status, JSON.parse(text))
    return response
  }
}

function checkBody(route: Route | undefined, status: number, body: unknown): void {
  if (status < 400) {
    expect(status).toBe(route?.status)
    expect(Value.Errors(route?.answer ?? {}, body)).toEqual([])
    return
  }
  if (Value.Check(GatewayAnswer, body)) {
    expect(gate).toContain(status)
    expect(body.error_code).toMatch(/^APIGW\.\d{4}$/)
    return
  }
  expect([...service, ...(route ? more[route.family] : [])]).toContain(status)
  if (route?.family === 'iam') {
    expect(Value.Errors(IamAnswer, body)).toEqual([])
    return
  }
  expect(Value.Errors(ErrorAnswer, body)).toEqual([])
  const refusal = body as ErrorAnswer
  expect([refusal.error_code, refusal.error_msg]).toEqual([refusal.errorCode, refusal.errorMsg])
}
