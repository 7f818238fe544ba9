/**
 * How answers go out: what every answer says, then what it says itself. Not by way of Fastify's reply, which keeps the
 * headers in a dictionary of its own on their way: that is a twentieth of a short answer. Of its hooks `onResponse` still
 * hears of the end, `onSend` would not.
 */

import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'

/** As it is sent, but for what belongs to one sending: its request id. */
export interface Sent {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Absent where there is none to be: 304, and nothing else here. */
  readonly body?: string | Buffer
}

export interface Sending {
  /** Throws when a value cannot be one of a header, and then nothing was sent. */
  send(reply: FastifyReply, sent: Sent): FastifyReply
  /** What every answer has beside its own headers, for one that goes out in pieces. */
  usual(requestId: string): Readonly<Record<string, string>>
  /** The server stops: each connection ends with its answer, else it would be waited for until it was idle long enough. */
  stop(): void
}

/** @param always headers of every answer that does not say otherwise */
export function sending(always: Readonly<Record<string, string>>): Sending {
  const names = Object.keys(always)
  let stopping = false
  return {
    send(reply, { status, headers, body }) {
      const all = ['x-request-id', reply.request.id]
      for (const name of names) if (headers[name] === undefined) all.push(name, always[name] ?? '')
      for (const name in headers) all.push(name, headers[name] ?? '')
      if (stopping && headers['connection'] === undefined) all.push('connection', 'close')
      if (body !== undefined) all.push('content-length', String(Buffer.byteLength(body)))
      const { raw } = reply
      // By name: what was refused here a moment ago left the name of its own status behind.
      raw.writeHead(status, STATUS_CODES[status] ?? 'Refused', all)
      reply.hijack()
      raw.end(body)
      return reply
    },
    usual: (requestId) => ({ ...always, 'x-request-id': requestId }),
    stop() {
      stopping = true
    },
  }
}
