/**
 * A listener of its own for those who watch the process: `/healthz` (it lives), `/readyz` (it can work), `/metrics`.
 * Nobody has to log in, so nothing on it is secret or about one person.
 */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { problemFrom } from '../lib/problem.ts'
import { listenFailed, urlOf } from './listen.ts'
import type { ListenAddress } from './listen.ts'

/** One reason to send requests here, or not to. */
export interface ReadyCheck {
  readonly ok: boolean
  /** A few words for whoever looks at a probe that fails. */
  readonly text: string
}

export interface HealthParts {
  /** Every one of them must be ok. Names are words. The signal ends when the answer can wait no longer. */
  readonly ready: (signal: AbortSignal) => Promise<Readonly<Record<string, ReadyCheck>>>
  /** In the text form of Prometheus, version 0.0.4. */
  readonly metrics: () => Promise<string>
}

export interface HealthListener {
  readonly url: string
  close(): Promise<void>
}

/** Probes of Kubernetes give up after one second when nothing else is said. */
const patienceMs = 900

/** Throws unavailable (`http/listen-failed`) when the address cannot be had. */
export async function healthListener(address: ListenAddress, parts: HealthParts): Promise<HealthListener> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 60_000, maxHeaderSize: 8192 },
    (request, response) => {
      // No body is wanted: what comes is thrown away.
      request.resume()
      answer(request, response, parts).catch((thrown: unknown) => {
        send(request, response, 500, 'text/plain', `${problemFrom(thrown).code}\n`)
      })
    },
  )
  server.maxConnections = 100
  try {
    server.listen({ host: address.host, port: address.port })
    await once(server, 'listening')
  } catch (thrown) {
    throw listenFailed(address, thrown)
  }
  return {
    url: urlOf('http', address, (server.address() as AddressInfo).port),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: HealthParts): Promise<void> {
  const path = request.url?.replace(/\?.*$/, '')
  if (path !== '/healthz' && path !== '/readyz' && path !== '/metrics')
    return send(request, response, 404, 'text/plain', 'There are /healthz, /readyz and /metrics.\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return send(request, response, 405, 'text/plain', 'Only GET and HEAD.\n')
  }
  if (path === '/healthz') return send(request, response, 200, 'text/plain', 'ok\n')
  if (path === '/metrics')
    return send(request, response, 200, 'text/plain; version=0.0.4; charset=utf-8', await parts.metrics())
  const checks = await parts.ready(AbortSignal.timeout(patienceMs))
  const ready = Object.values(checks).every(({ ok }) => ok)
  send(request, response, ready ? 200 : 503, 'application/json', `${JSON.stringify({ ready, checks })}\n`)
}

function send(request: IncomingMessage, response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
