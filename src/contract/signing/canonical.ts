/** The one text that both sides make of a request and sign (asm-api 7.1). */

export interface Signable {
  /** Upper case. */
  readonly method: string
  /** Path and query as they are sent, undecoded. */
  readonly target: string
  /** Lower-case names. Of a header that came twice: both values, joined by `,`. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Lower-case names in the order of `SignedHeaders`. */
  readonly signedHeaders: readonly string[]
}

/** All of the canonical request but its last line, the hash of the body; undefined for a target that cannot be read. */
export function canonicalHead({ method, target, headers, signedHeaders }: Signable): string | undefined {
  const cut = target.indexOf('?')
  const path = canonicalPath(cut === -1 ? target : target.slice(0, cut))
  const query = canonicalQuery(cut === -1 ? '' : target.slice(cut + 1))
  if (path === undefined || query === undefined) return undefined
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('')
  return `${method}\n${path}\n${query}\n${lines}\n${signedHeaders.join(';')}`
}

export const canonicalRequest = (head: string, payload: string): string => `${head}\n${payload}`

/**
 * Each segment decoded once and encoded by the rule, so that all spellings of one path are one path; `/` at the end.
 *
 * Undefined for escapes that mean nothing, and for a `#`: no request line has one, and a router that ends the path there
 * would serve another path than was signed.
 */
export function canonicalPath(path: string): string | undefined {
  if (!path.startsWith('/') || path.includes('#')) return undefined
  const segments = path.split('/').map(recoded)
  if (!segments.every((segment) => segment !== undefined)) return undefined
  const joined = segments.join('/')
  return joined.endsWith('/') ? joined : `${joined}/`
}

/**
 * Sorted by name, then by value, before they are encoded.
 *
 * A `+` is a blank here. Those who build queries as forms do (Go's `url.Values`, Python's `urlencode`,
 * `URLSearchParams`) send `+` for the blank that they signed as `%20`, all of them send a real plus as `%2B`, and the
 * server's own reader of queries takes `+` for a blank too: what is verified is what is used.
 *
 * @param query without its `?`
 */
export function canonicalQuery(query: string): string | undefined {
  if (query.includes('#')) return undefined
  const pairs: (readonly [name: string, value: string])[] = []
  for (const part of query.split('&').filter(Boolean)) {
    const cut = part.indexOf('=')
    const name = decoded((cut === -1 ? part : part.slice(0, cut)).replaceAll('+', ' '))
    const value = decoded((cut === -1 ? '' : part.slice(cut + 1)).replaceAll('+', ' '))
    if (name === undefined || value === undefined) return undefined
    pairs.push([name, value])
  }
  return pairs
    .toSorted(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join('&')
}

/** Leaves `A-Z a-z 0-9 - _ . ~`; everything else becomes its bytes in upper-case hex. Throws URIError for half a surrogate pair. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (left) => `%${left.charCodeAt(0).toString(16).toUpperCase()}`)
}

function recoded(text: string): string | undefined {
  const plain = decoded(text)
  return plain === undefined ? undefined : encoded(plain)
}

function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text)
    return plain.isWellFormed() ? plain : undefined
  } catch {
    return undefined
  }
}

/** By UTF-8 bytes, which is how those that sort encoded or decoded texts agree outside of ASCII too. */
const order = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))
