/**
 * Signed requests: who signed it, and is it what was signed (asm-api 7.2).
 *
 * What needs no body is judged before one is read. Refusals say which rule was broken; of a wrong signature they tell
 * the hash that it should have been made of and never the canonical request itself, which holds the security token.
 */

import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  contentHashHeader,
  dateHeader,
  payloadHash,
  readSigningDate,
  requestHash,
  securityTokenHeader,
  signatureOf,
  unsignedPayload,
} from '../../contract/signing.ts'
import { canonicalHead, canonicalRequest } from '../../contract/signing/canonical.ts'
import { timestamp } from '../../lib/clock.ts'
import type { Clock } from '../../lib/clock.ts'
import { Problem } from '../../lib/problem.ts'
import { whenThere } from '../../lib/soon.ts'
import type { Soon } from '../../lib/soon.ts'
import type { SignedRequest, Signer } from '../access.ts'
import type { Caller } from '../caller.ts'
import type { Lockout } from '../lockout.ts'
import { readAuthorization } from './authorization.ts'
import type { Authorization } from './authorization.ts'

export interface SigningKey {
  readonly secret: string
  readonly caller: Caller
  /** Of a temporary key: lower-case hex SHA-256 of its security token. */
  readonly securityTokenHash?: string
  /** Of a temporary key, in milliseconds. */
  readonly expiresAt?: number
}

export interface SignaturesOptions {
  /** Undefined for one that is not there, is disabled, or whose user is. */
  readonly keyOf: (access: string) => Soon<SigningKey | undefined>
  /** The real time, whatever a simulation makes of it: clients sign their own. */
  readonly clock: Pick<Clock, 'now'>
  readonly region: string
  readonly lockout: Lockout
}

export interface Signatures {
  /** unauthenticated: `access/signature`, `access/locked`, `access/unknown-key`. */
  signer(request: SignedRequest): Soon<Signer>
}

/** Documented (asm-api 7.1): 15 minutes, either way. */
const skewMs = 15 * 60_000
/** The one of the documented API, in what derived signatures are bound to. */
const service = 'asm'

export function signatures({ keyOf, clock, region, lockout }: SignaturesOptions): Signatures {
  /** Signs for keys that are not there. */
  const nobodysSecret = randomBytes(20).toString('hex')

  return {
    signer(request) {
      const { headers, from } = request
      const signed = readAuthorization(headers['authorization'] ?? '')
      if (!signed) throw refused('the header Authorization is not as documented')
      const { access, info, signature } = signed
      const date = dateOf(request, signed, clock.now(), region)
      const declared = declaredPayload(request, signed)
      const head = canonicalHead({
        method: request.method.toUpperCase(),
        target: request.url,
        headers,
        signedHeaders: signed.signedHeaders,
      })
      if (head === undefined) throw refused('the address is not a path with readable escapes')

      lockout.check(access, from)
      return whenThere(keyOf(access), (key) => {
        const terms = { access, secret: key?.secret ?? nobodysSecret, date, ...(info ? { info: info.text } : {}) }
        const expected = (payload: string) => {
          const requested = requestHash(canonicalRequest(head, payload))
          return {
            requested,
            fits: timingSafeEqual(Buffer.from(signatureOf(requested, terms)), Buffer.from(signature)),
          }
        }
        if (!key) {
          // The answer tells that there is no such key, as documented; how long it took shall not tell more than that.
          expected(declared ?? signature)
          lockout.failed(access, from)
          throw refusal('access/unknown-key', 'Get secretKey failed')
        }
        checkSecurityToken(key, request, signed, clock.now(), () => lockout.failed(access, from))

        return {
          replayKey: () => hash('sha256', Buffer.from(`${access}\n${signature}\n${date}\n${head}`, 'latin1'), 'hex'),
          verify(body) {
            const { requested, fits } = expected(declared ?? payloadHash(body))
            if (!fits) {
              lockout.failed(access, from)
              throw refused(`the SHA-256 of the canonical request is ${requested}`)
            }
            // After the signature: a body that was changed on the way is not the guess of somebody without the key.
            if (declared !== undefined && declared !== unsignedPayload && declared !== payloadHash(body))
              throw refused(`${contentHashHeader} is not the SHA-256 of the body`)
            lockout.succeeded(access, from)
            return key.caller
          },
        }
      })
    },
  }
}

/** The value of `x-sdk-date`, once every signed header is there and the time is right. */
function dateOf({ headers }: SignedRequest, signed: Authorization, now: number, region: string): string {
  const { signedHeaders, info } = signed
  // Asked for by their own names only: `constructor` is a header name too.
  const missing = signedHeaders.find((name) => !Object.hasOwn(headers, name) || headers[name] === undefined)
  if (missing !== undefined) throw refused(`the signed header ${missing} did not come`)
  const date = (headers[dateHeader] ?? '').trim()
  const at = readSigningDate(date)
  if (at === undefined) throw refused(`${dateHeader} must be a time such as 20260102T030405Z`)
  if (!signedHeaders.includes(dateHeader)) throw refused(`${dateHeader} must be among SignedHeaders`)
  if (Math.abs(now - at) > skewMs)
    throw refused(`${dateHeader} is more than 15 minutes from the time of this server, which is ${timestamp(now)}`)
  if (info && (info.day !== date.slice(0, 8) || info.region !== region || info.service !== service))
    throw refused(`Credential must end with ${date.slice(0, 8)}/${region}/${service}`)
  return date
}

/** What the client says that its body hashes to; undefined when it says nothing. */
function declaredPayload({ headers }: SignedRequest, { signedHeaders }: Authorization): string | undefined {
  const declared = headers[contentHashHeader]?.trim()
  if (declared === undefined) return undefined
  if (!signedHeaders.includes(contentHashHeader)) throw refused(`${contentHashHeader} must be among SignedHeaders`)
  if (declared !== unsignedPayload && !/^[0-9a-f]{64}$/.test(declared))
    throw refused(`${contentHashHeader} must be ${unsignedPayload} or 64 lower-case hexadecimal digits`)
  return declared
}

function checkSecurityToken(
  { securityTokenHash, expiresAt }: SigningKey,
  { headers }: SignedRequest,
  { signedHeaders }: Authorization,
  now: number,
  failed: () => void,
): void {
  const shown = headers[securityTokenHeader]?.trim()
  if (securityTokenHash === undefined) {
    // Whoever sends one believes to act with a temporary key and its project; this key may reach further than that.
    if (shown !== undefined) throw refused(`${securityTokenHeader} came with a key that is not temporary`)
    return
  }
  if (shown === undefined) throw refusal('access/signature', `${securityTokenHeader} not found`)
  if (!signedHeaders.includes(securityTokenHeader)) throw refused(`${securityTokenHeader} must be among SignedHeaders`)
  if (!timingSafeEqual(Buffer.from(payloadHash(Buffer.from(shown, 'latin1'))), Buffer.from(securityTokenHash))) {
    failed()
    throw refusal('access/signature', 'decrypt token fail')
  }
  if (expiresAt !== undefined && now >= expiresAt)
    throw refusal('access/signature', `token expires, expires_at: ${timestamp(expiresAt)}`)
}

/** Starts as documented (asm-api 5.4), so that clients which look for that find it. */
const refused = (why: string): Problem => refusal('access/signature', `verify aksk signature fail, ${why}`)

const refusal = (code: 'access/signature' | 'access/unknown-key', text: string): Problem =>
  new Problem({ kind: 'unauthenticated', code, text })
