/** A `fetch` whose server is in this process: the command line without a server, and tests. */

import type { FastifyInstance, InjectOptions } from 'fastify'

/** The host in the address means nothing; path, query, method, headers, body and signal do. */
export function fetchFrom(app: FastifyInstance): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const { pathname, search } = new URL(url, 'http://in-process')
    const answer = await app.inject({
      method: (init.method ?? 'GET') as NonNullable<InjectOptions['method']>,
      url: pathname + search,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof init.body === 'string' ? { payload: init.body } : {}),
      ...(init.signal ? { signal: init.signal } : {}),
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(answer.headers))
      for (const each of [value].flat()) if (each !== undefined) headers.append(name, String(each))
    return new Response(answer.payload === '' ? null : answer.payload, { status: answer.statusCode, headers })
  }
}
