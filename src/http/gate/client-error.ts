/** What never becomes a request: the parser of HTTP gave up. Answered by hand, in the gateway's form. */

import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Problem } from '../../lib/problem.ts'
import { refusalOf } from '../problem.ts'
import { json, safeHeaders } from './headers.ts'
import { headersTooLarge } from './sizes.ts'

/** Milliseconds that a refused caller may take to read the answer while it is still sending. */
const lingerMs = 1000

/**
 * Writes a refusal, unless another answer has begun or nobody is there to read it, and ends the connection. What still
 * arrives meets the parser again and comes back here: closing on that would throw the answer away on its way.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  if (socket.writableEnded && !socket.destroyed && error.code !== 'ECONNRESET') return
  if (error.code === 'ECONNRESET' || isOfTls(error) || socket.destroyed || !socket.writable || hasBegun(socket)) {
    socket.destroy(error)
    return
  }
  const { status, body } = refusalOf(reason(error.code), 'gateway', requestId)
  const text = JSON.stringify(body)
  const headers = {
    ...safeHeaders,
    'x-request-id': requestId,
    'content-type': json,
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const title = STATUS_CODES[status] ?? 'Request Headers Too Large'
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${text}`)
  const linger = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(linger))
}

/** Nothing can be written before TLS has begun: an answer would wait for that, and the connection with it, for ever. */
const isOfTls = ({ code = '' }: NodeJS.ErrnoException): boolean => /^ERR_(TLS|SSL)_/.test(code)

/** An answer to an earlier request of this connection is on its way: ours would land in the middle of it. */
function hasBegun(socket: Socket & { readonly _httpMessage?: { readonly headersSent: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent === true
}

function reason(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return headersTooLarge()
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem({
      kind: 'timeout',
      code: 'http/timeout',
      text: 'API request error: the request did not arrive in time.',
    })
  return new Problem({ kind: 'invalid', code: 'http/bad-request', text: 'API request error: this is not HTTP.' })
}
