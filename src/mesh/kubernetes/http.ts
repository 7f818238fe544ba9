/** HTTP to one API server: connections that are kept, the login, answers as JSON, streams for watches. Knows nothing of Kubernetes' objects. */

import { Agent as PlainAgent, request as plainRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { createGunzip } from 'node:zlib'
import { canonical } from '../../lib/json.ts'
import type { Access, Login } from './kubeconfig.ts'

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With the query. */
  readonly path: string
  readonly body?: unknown
  /** Of the body; `application/json` when absent. */
  readonly contentType?: string
  readonly accept?: string
}

export interface Reply {
  readonly status: number
  /** Parsed JSON; the text itself when it is none. */
  readonly body: unknown
  readonly isJson: boolean
  readonly retryAfterMs: number | undefined
}

export interface Stream {
  readonly status: number
  readonly retryAfterMs: number | undefined
  readonly incoming: IncomingMessage
}

export interface Http {
  /** Rejects with what Node or `login` throws; a signal that fires destroys the request. */
  call(call: Call, signal: AbortSignal): Promise<Reply>
  /** Resolves when the headers are there; the caller reads or destroys `incoming`. */
  open(path: string, signal: AbortSignal): Promise<Stream>
  /** The certificate of the login in use is past its date. */
  certificateExpired(): boolean
  close(): void
}

/** Shorter than what API servers and load balancers allow a quiet connection, so that they do not close it under a request. */
const idleMs = 30_000

export function httpTo(access: Access, userAgent: string): Http {
  let agent: { readonly key: string; readonly agent: Agent | PlainAgent } | undefined
  let expired = false

  function agentFor({ server, tls, proxy }: Login): Agent | PlainAgent {
    if (proxy !== undefined) return proxy
    // An agent's certificates are fixed: a renewed certificate needs another agent.
    const key = canonical({ server, ...tls })
    if (agent?.key !== key) {
      agent?.agent.destroy()
      const options = { keepAlive: true, timeout: idleMs, maxFreeSockets: 16 }
      agent = { key, agent: server.startsWith('http:') ? new PlainAgent(options) : new Agent({ ...options, ...tls }) }
    }
    return agent.agent
  }

  async function send(call: Call, signal: AbortSignal, compressed: boolean): Promise<IncomingMessage> {
    const login = await access.login(signal)
    expired = login.certificateExpired
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    const url = new URL(`${login.server.replace(/\/$/, '')}${call.path}`)
    const headers: Record<string, string> = {
      ...login.headers,
      'User-Agent': userAgent,
      Accept: call.accept ?? 'application/json',
    }
    if (compressed) headers['Accept-Encoding'] = 'gzip'
    if (body !== undefined) {
      headers['Content-Type'] = call.contentType ?? 'application/json'
      headers['Content-Length'] = String(Buffer.byteLength(body))
    }
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const options = { method: call.method, headers, agent: agentFor(login), signal }
    const outgoing: ClientRequest =
      url.protocol === 'http:' ? plainRequest(url, options) : request(url, { ...options, ...login.tls })
    outgoing.setSocketKeepAlive(true, idleMs)
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    outgoing.end(body)
    return promise
  }

  return {
    async call(call, signal) {
      const incoming = await send(call, signal, call.method === 'GET')
      const text = await textOf(incoming)
      return { status: incoming.statusCode ?? 0, retryAfterMs: retryAfter(incoming), ...parsed(text) }
    },
    async open(path, signal) {
      const incoming = await send({ method: 'GET', path }, signal, false)
      return { status: incoming.statusCode ?? 0, retryAfterMs: retryAfter(incoming), incoming }
    },
    certificateExpired: () => expired,
    close() {
      agent?.agent.destroy()
      agent = undefined
    },
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const gzip = incoming.headers['content-encoding'] === 'gzip'
  const source = gzip ? incoming.compose<ReturnType<typeof createGunzip>>(createGunzip()) : incoming
  const chunks: Buffer[] = []
  for await (const chunk of source) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): { readonly body: unknown; readonly isJson: boolean } {
  try {
    return { body: JSON.parse(text) as unknown, isJson: true }
  } catch {
    return { body: text, isJson: false }
  }
}

/** `Retry-After` in seconds, as API servers send it. */
function retryAfter(incoming: IncomingMessage): number | undefined {
  const seconds = Number(incoming.headers['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined
}
