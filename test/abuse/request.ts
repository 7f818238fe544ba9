/** A request as it will be sent, and its bytes. */

import { signatureHeaders } from '../../src/client/signed.ts'
import type { SigningSession } from '../../src/client/signed.ts'
import type { Asked } from './valid.ts'

export interface Request {
  readonly method: string
  readonly target: string
  /** In this order, and as often as they stand here. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer | undefined
  /** Instead of `content-length`. */
  readonly chunked?: boolean
}

export interface Identity {
  readonly token: string
  readonly key: SigningSession
}

/** @param signed with the key, where both would do */
export function requestOf(asked: Asked, { token, key }: Identity, signed: boolean): Request {
  const { operation, project, params, query, headers, by } = asked
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams(query).toString()
  const target = search === '' ? path : `${path}?${search}`
  const { method } = operation
  const text = asked.body === undefined ? '' : JSON.stringify(asked.body)
  const who =
    by === 'nobody'
      ? {}
      : by === 'key' || (by === 'either' && signed)
        ? signatureHeaders({ ...key, projectId: project }, { method, target, body: text })
        : { 'x-auth-token': token }
  const all = { ...who, ...headers, ...(text === '' ? {} : { 'content-type': 'application/json' }) }
  return { method, target, headers: Object.entries(all), body: text === '' ? undefined : Buffer.from(text) }
}

export function bytesOf({ method, target, headers, body, chunked }: Request, host: string): Buffer {
  const length =
    body === undefined
      ? []
      : chunked
        ? [['transfer-encoding', 'chunked'] as const]
        : [['content-length', String(body.length)] as const]
  const lines = [['host', host] as const, ...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
  if (body === undefined) return head
  if (!chunked) return Buffer.concat([head, body])
  const half = body.length >> 1
  const chunk = (part: Buffer): Buffer[] =>
    part.length === 0 ? [] : [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]
  return Buffer.concat([
    head,
    ...chunk(body.subarray(0, half)),
    ...chunk(body.subarray(half)),
    Buffer.from('0\r\n\r\n'),
  ])
}
