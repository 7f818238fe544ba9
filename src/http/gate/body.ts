/**
 * Bodies: kept as the bytes that came until it is known who sent them - a signature is over these - and read as JSON
 * only then.
 */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../../lib/problem.ts'
import { sizes } from './sizes.ts'

/** `request.body` is a Buffer from here on, whatever its Content-Type says; undefined when there is none. */
export function keepRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body: Buffer, done) =>
    done(null, body.length === 0 ? undefined : body),
  )
  // A signed GET may bring a body too: unread, it could be changed on its way and the signature would still be right.
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
}

/** Bytes of the body as announced; undefined when it comes in chunks, 0 when there is none. */
export function announcedLength({ headers }: FastifyRequest): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined
  return Number(headers['content-length'] ?? 0)
}

/** Of no body any Content-Type will do, even one that means nothing. @param request before its body is read */
export function forgetKindOfNothing(request: FastifyRequest): void {
  if (request.headers['content-type'] !== undefined && announcedLength(request) === 0)
    delete request.raw.headers['content-type']
}

const none = Buffer.alloc(0)
export const rawBody = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : none)

/**
 * The body as a value; undefined when there is none: published clients send a Content-Type with every GET and DELETE.
 * Throws invalid: `http/not-json` (Content-Type, charset, Content-Encoding), `http/invalid-body`.
 */
export function parsedBody(request: FastifyRequest): unknown {
  const bytes = rawBody(request)
  // Nothing reads it.
  if (bytes.length === 0 || request.method === 'GET') return undefined
  checkKind(request)
  checkStructure(bytes)
  const text = orRefused(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes), 'not UTF-8')
  const value = orRefused(() => JSON.parse(text) as unknown, 'not valid JSON')
  if (/proto|constructor|\\u/.test(text)) refuseTraps(value)
  return value
}

function checkKind({ headers }: FastifyRequest): void {
  const [type, ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters
    .find((one) => one.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '')
  if (type !== 'application/json') throw notAccepted('Content-Type must be application/json')
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') throw notAccepted('charset must be utf-8')
  const encoding = headers['content-encoding']?.toLowerCase()
  if (encoding !== undefined && encoding !== 'identity') throw notAccepted('Content-Encoding must be left out')
}

/**
 * Brackets and commas outside of texts, looked at before anything is parsed: some parsers and all walkers recurse, and
 * 12 MiB of `[],[],[]` keep everybody else waiting for seconds.
 */
function checkStructure(bytes: Buffer): void {
  let depth = 0
  let values = 0
  let inText = false
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (inText) {
      if (byte === backslash) index += 1
      else if (byte === quote) inText = false
    } else if (byte === quote) inText = true
    else if (byte === openBrace || byte === openBracket) {
      depth += 1
      values += 1
      if (depth > sizes.depth) throw notJson(`nested more than ${sizes.depth} levels deep`)
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1
    else if (byte === comma) values += 1
    if (values > sizes.values) throw notJson(`made of more than ${sizes.values} parts`)
  }
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * Members that would become a prototype when somebody copies them with `to[name] = from[name]`. Refused and not passed
 * over: a condition of a policy that quietly went away would leave a statement without it. A label called `constructor`
 * is a text and stays.
 */
function refuseTraps(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    const isTrap = name === '__proto__' || (name === 'constructor' && typeof member === 'object' && member !== null)
    if (isTrap) throw notJson(`not accepted with a member ${name}`)
    refuseTraps(member)
  }
}

/** Without the reason: it quotes the body, and a body may hold a password. */
function orRefused<T>(read: () => T, what: string): T {
  try {
    return read()
  } catch {
    throw notJson(what)
  }
}

const notJson = (how: string): Problem =>
  new Problem({ kind: 'invalid', code: 'http/invalid-body', text: `The body is ${how}.` })

const notAccepted = (why: string): Problem =>
  new Problem({ kind: 'invalid', code: 'http/not-json', text: `API request error: ${why}.` })
