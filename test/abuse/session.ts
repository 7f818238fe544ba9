/** Requests on their way, and what is noticed about their answers. */

import { misfits } from '../http/misfits.ts'
import type { Operation } from './api.ts'
import type { Json } from './known.ts'
import { bytesOf } from './request.ts'
import type { Request } from './request.ts'
import type { Answer, Wire } from './wire.ts'

export interface Session {
  /** Undefined when none came; that is noted as a fault. @param how in words, for the report */
  send(request: Request, how: string): Promise<Heard | undefined>
  /** Text that only looks like a request, alone on its connection. */
  sendRaw(text: string, method: string, path: string, how: string): Promise<void>
  fault(how: string, what: string): void
  readonly seen: Seen
}

export interface Heard extends Answer {
  readonly operation: Operation | undefined
  readonly project: string
  /** Undefined where there is none. */
  readonly body: Json
  /** When it was asked for and came, in milliseconds. */
  readonly from: number
  readonly to: number
}

/** What was counted so far. */
export interface Seen {
  sent: number
  succeeded: number
  readonly byStatus: Map<number, number>
  /** Successes by operation. */
  readonly byOperation: Map<string, number>
  /** Request ids of writes that were answered with success. */
  readonly written: Set<string>
  /** Why good ones were refused: others were quicker, or the caller may not. */
  readonly refused: Map<string, number>
  /** Raw ones that were answered by the end of their connection. */
  cut: number
  readonly faults: string[]
  slowestMs: number
}

const mostFaults = 20

export function session(wires: Wire, host: string, operations: readonly Operation[]): Session {
  const table = operations.map((operation) => ({
    operation,
    path: new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}/?$`),
  }))
  const seen: Seen = {
    sent: 0,
    succeeded: 0,
    byStatus: new Map(),
    byOperation: new Map(),
    written: new Set(),
    refused: new Map(),
    cut: 0,
    faults: [],
    slowestMs: 0,
  }
  const fault = (how: string, what: string): void => {
    if (seen.faults.length < mostFaults) seen.faults.push(`${how}: ${what}`)
  }

  const judge = (answer: Answer, method: string, path: string, how: string): void => {
    const { status, headers, text, beyond } = answer
    count(seen.byStatus, status)
    if (status >= 500) fault(how, `${status} ${text.slice(0, 300)}`)
    if (beyond > 0) fault(how, `${beyond} bytes came behind the answer ${status}.`)
    if (method === 'HEAD' || headers.get('content-type')?.startsWith('text/event-stream')) return
    if (path === '/openapi.json' && status === 200) return
    for (const misfit of misfits(method, path, { status, headers, text }))
      fault(how, `${status} ${misfit} ${text.slice(0, 300)}`)
  }

  return {
    seen,
    fault,
    async send(request, how) {
      const { method, target } = request
      // As the server reads an address: the host in it means nothing.
      const path = target.replace(/\?.*$/s, '').replace(/^http:\/\/[^/]*/, '')
      const told = `${how}: ${method} ${target.slice(0, 200)} ${request.body?.toString('utf8', 0, 300) ?? ''}`
      seen.sent += 1
      const from = performance.now()
      const outcome = await wires.send(bytesOf(request, host), method)
      const to = performance.now()
      seen.slowestMs = Math.max(seen.slowestMs, to - from)
      if (outcome === 'cut' || outcome === 'hung') {
        fault(told, outcome)
        return undefined
      }
      judge(outcome, method, path, told)
      const { operation } = table.find((one) => one.operation.method === method && one.path.test(path)) ?? {}
      const { status, headers, text } = outcome
      const good = status < 400
      if (!good && how.startsWith('good'))
        count(seen.refused, `${how} ${status} ${/"problem":"([^"]+)"/.exec(text)?.[1] ?? ''}`)
      if (good) {
        seen.succeeded += 1
        if (operation) count(seen.byOperation, operation.id)
        if (method !== 'GET' && !headers.has('x-meshlift-replayed')) seen.written.add(headers.get('x-request-id') ?? '')
      }
      const body =
        good && text !== '' && headers.get('content-type')?.startsWith('application/json')
          ? (JSON.parse(text) as Json)
          : undefined
      const project = /^\/(?:meshlift\/)?v1\/([0-9a-f]{32})\//.exec(path)?.[1] ?? ''
      return { ...outcome, operation, project, body, from, to }
    },
    async sendRaw(text, method, path, how) {
      seen.sent += 1
      const outcome = await wires.send(Buffer.from(text, 'latin1'), method, { alone: true, end: true })
      if (outcome === 'cut') seen.cut += 1
      else if (outcome === 'hung') fault(how, outcome)
      else {
        if (outcome.status < 400) seen.succeeded += 1
        judge(outcome, method, path, how)
      }
    },
  }
}

const count = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
