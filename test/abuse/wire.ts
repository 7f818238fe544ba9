/**
 * HTTP by hand: what is sent is exactly these bytes, and what comes back is looked at to the last one. A library would
 * repair half of what is sent here, and would not notice an answer too many.
 */

import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Bytes behind the end of the answer: an answer to something that was no request. */
  readonly beyond: number
}

/** `cut`: the connection ended without an answer. `hung`: none came in time. */
export type Outcome = Answer | 'cut' | 'hung'

export interface Wire {
  /** @param method HEAD has no body, whatever its headers say */
  send(bytes: Buffer, method: string, options?: Sending): Promise<Outcome>
  close(): void
}

export interface Sending {
  /** On a connection of its own, that is ended afterwards. */
  readonly alone?: boolean
  /** Nothing more will come: the other direction stays open. */
  readonly end?: boolean
}

export function wire(host: string, port: number, deadlineMs: number): Wire {
  const idle: Socket[] = []
  const all = new Set<Socket>()

  const opened = (): Socket => {
    const socket = connect({ host, port, noDelay: true })
    all.add(socket)
    // Whoever waits for an answer hears of it by the end of the connection.
    socket.on('error', () => undefined)
    socket.on('close', () => all.delete(socket))
    return socket
  }
  const reused = (): Socket => {
    for (let socket = idle.pop(); socket; socket = idle.pop()) if (!socket.destroyed && socket.readable) return socket
    return opened()
  }

  return {
    send: (bytes, method, { alone = false, end = false } = {}) =>
      new Promise((resolve) => {
        const socket = alone ? opened() : reused()
        const chunks: Buffer[] = []
        const settle = (outcome: Outcome, keep: boolean): void => {
          clearTimeout(timer)
          socket.off('data', take)
          socket.off('end', ended)
          socket.off('close', ended)
          if (keep && !alone) idle.push(socket)
          else socket.destroy()
          resolve(outcome)
        }
        const timer = setTimeout(() => settle('hung', false), deadlineMs)
        const look = (over: boolean): boolean => {
          const found = parsed(Buffer.concat(chunks), method, over)
          if (!found) return false
          const { headers, beyond } = found
          const whole = headers.has('content-length') || found.status === 304
          settle(found, whole && headers.get('connection') !== 'close' && beyond === 0 && !over)
          return true
        }
        const take = (chunk: Buffer): void => {
          chunks.push(chunk)
          look(false)
        }
        const ended = (): void => {
          if (!look(true)) settle('cut', false)
        }
        socket.on('data', take)
        socket.once('end', ended)
        socket.once('close', ended)
        socket.write(bytes)
        if (end) socket.end()
      }),
    close() {
      for (const socket of all) socket.destroy()
    },
  }
}

/** Undefined while it is not all there. @param over nothing more will come */
function parsed(bytes: Buffer, method: string, over: boolean): Answer | undefined {
  const split = bytes.indexOf('\r\n\r\n')
  if (split < 0) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, split).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0)
  const headers = new Headers()
  for (const line of lines) headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim())
  const rest = bytes.subarray(split + 4)
  if (status < 200) return parsed(rest, method, over)
  const answer = (end: number): Answer => ({
    status,
    headers,
    text: rest.toString('utf8', 0, end),
    beyond: rest.length - end,
  })
  if (method === 'HEAD' || status === 304) return answer(0)
  // It lasts; that it began is enough.
  if (headers.get('content-type')?.startsWith('text/event-stream')) return answer(rest.length)
  const length = headers.get('content-length')
  if (length === null) return over ? answer(rest.length) : undefined
  return rest.length >= Number(length) ? answer(Number(length)) : undefined
}
