/** How large a request may be and how long it may take. Sizes are those of the documented gateway (asm-api 5.4, 9). */

import type { FastifyRequest } from 'fastify'
import { Problem } from '../../lib/problem.ts'

const kibibyte = 1024

export const sizes = {
  /** Bytes of a body. */
  body: 12 * kibibyte * kibibyte,
  /** The same where nobody has to be known: enough for every log-in, and nothing to fill the memory with. */
  bodyOfAnybody: 64 * kibibyte,
  /** Bytes of all bodies at once that are longer than that. */
  bodies: 256 * kibibyte * kibibyte,
  /** Objects, lists and their members in a body. A mesh of 32 clusters has some hundreds. */
  values: 100_000,
  /** Characters of the request target, query included. */
  url: 32 * kibibyte,
  /** Bytes of one header, name and value. */
  header: 32 * kibibyte,
  /** Bytes of all headers. */
  headers: 128 * kibibyte,
  /** Levels of `{` and `[` in a body: whatever walks it later may walk it by recursion. */
  depth: 64,
} as const

/** What the parser of HTTP takes before it gives up: more than is accepted, so that we can say what was too large. */
export const parsedBytes = sizes.headers + sizes.url + 32 * kibibyte

/** Throws invalid: `http/url-too-large`, `http/headers-too-large`, `http/bad-request` for a missing Host. */
export function checkSizes({ raw }: FastifyRequest): void {
  if ((raw.url?.length ?? 0) > sizes.url)
    throw new Problem({
      kind: 'invalid',
      code: 'http/url-too-large',
      text: 'Request URI too large: 32 KiB at most.',
    })
  const { rawHeaders } = raw
  let all = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    // A colon, a space and the end of the line, as they came.
    const one = (rawHeaders[index]?.length ?? 0) + (rawHeaders[index + 1]?.length ?? 0) + 4
    if (one > sizes.header) throw headersTooLarge()
    all += one
  }
  if (all > sizes.headers) throw headersTooLarge()
  if (raw.headers.host === undefined && raw.httpVersion === '1.1')
    throw new Problem({
      kind: 'invalid',
      code: 'http/bad-request',
      text: 'API request error: there is no Host header.',
    })
}

export const headersTooLarge = (): Problem =>
  new Problem({
    kind: 'invalid',
    code: 'http/headers-too-large',
    text: 'Request headers too large: one may have 32 KiB, all together 128 KiB.',
  })
