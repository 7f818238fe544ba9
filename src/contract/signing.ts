/**
 * Signatures with an access key, SDK-HMAC-SHA256 and the derived V11-HMAC-SHA256 (asm-api 7): what the client writes and
 * the server checks. Pure.
 */

import { createHmac, hash, hkdfSync } from 'node:crypto'
import { canonicalHead, canonicalRequest } from './signing/canonical.ts'
import type { Signable } from './signing/canonical.ts'

export const dateHeader = 'x-sdk-date'
export const contentHashHeader = 'x-sdk-content-sha256'
export const securityTokenHeader = 'x-security-token'
/** As the value of `x-sdk-content-sha256`: the body is not signed. */
export const unsignedPayload = 'UNSIGNED-PAYLOAD'

/** What is signed beside the request, and with what. */
export interface SignatureTerms {
  readonly access: string
  readonly secret: string
  /** `YYYYMMDDTHHMMSSZ`, as in `x-sdk-date`. */
  readonly date: string
  /** `yyyymmdd/region/service`. With it the signature is a derived one. */
  readonly info?: string
}

/** Lower-case hex SHA-256. */
export const payloadHash = (body: Uint8Array | string): string => hash('sha256', body, 'hex')

/**
 * Lower-case hex SHA-256. Header values are texts of one byte a character, as HTTP has them, and the rest is ASCII: so
 * these are the bytes that were sent.
 */
export const requestHash = (canonical: string): string => hash('sha256', Buffer.from(canonical, 'latin1'), 'hex')

/** Lower-case hex. @param requested `requestHash` */
export function signatureOf(requested: string, { access, secret, date, info }: SignatureTerms): string {
  const [key, text] =
    info === undefined
      ? [secret, `SDK-HMAC-SHA256\n${date}\n${requested}`]
      : [derivedKey(access, secret, info), `V11-HMAC-SHA256\n${date}\n${info}\n${requested}`]
  return createHmac('sha256', key).update(text).digest('hex')
}

/** The key is the hexadecimal text, not the bytes that it stands for. */
const derivedKey = (access: string, secret: string, info: string): string =>
  Buffer.from(hkdfSync('sha256', secret, access, info, 32)).toString('hex')

/**
 * The value of `Authorization`. `headers` must have all of `signedHeaders`, `x-sdk-date` among them.
 *
 * Throws URIError for a target with escapes that mean nothing.
 */
export function authorizationFor(request: Signable, body: Uint8Array | string, terms: SignatureTerms): string {
  const head = canonicalHead(request)
  if (head === undefined) throw new URIError('The address has escapes that mean nothing.')
  const payload = request.headers[contentHashHeader] ?? payloadHash(body)
  const signature = signatureOf(requestHash(canonicalRequest(head, payload)), terms)
  const scheme =
    terms.info === undefined
      ? `SDK-HMAC-SHA256 Access=${terms.access}`
      : `V11-HMAC-SHA256 Credential=${terms.access}/${terms.info}`
  return `${scheme}, SignedHeaders=${request.signedHeaders.join(';')}, Signature=${signature}`
}

/** `20260102T030405Z`. @param ms since 1970 */
export const signingDate = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')

/** Milliseconds since 1970; undefined for anything but an existing moment in that form. */
export function readSigningDate(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second] = parts.map(Number)
  const ms = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second)
  // The 31st of a short month is taken for the 1st of the next.
  return signingDate(ms) === text ? ms : undefined
}
