/** Requests signed with an access key, where others carry a token (asm-api 7). */

import { randomUUID } from 'node:crypto'
import { authorizationFor, dateHeader, securityTokenHeader, signingDate } from '../contract/signing.ts'

export interface SigningSession {
  readonly accessKey: string
  readonly secretKey: string
  /** Of a temporary key. */
  readonly securityToken?: string
  readonly projectId: string
  /** The real time, in milliseconds: the server takes 15 minutes either way. */
  readonly now: () => number
}

export interface Unsigned {
  readonly method: string
  /** Path and query as they are sent. */
  readonly target: string
  /** As they are sent; the empty text when there is none. */
  readonly body: string
}

/**
 * Dates are whole seconds, and the server takes a signed write that comes twice for one: a person who adds two things in
 * a second means two. The server asks for no such header; it only has to be signed.
 */
const nonceHeader = 'x-meshlift-nonce'

/**
 * The headers that a signature adds. `host` is not signed: what stands between here and the server may change it, and
 * the key is of no use to anybody else's server.
 */
export function signatureHeaders(
  { accessKey, secretKey, securityToken, projectId, now }: SigningSession,
  { method, target, body }: Unsigned,
): Readonly<Record<string, string>> {
  const date = signingDate(now())
  const headers = {
    'x-project-id': projectId,
    [dateHeader]: date,
    ...(securityToken === undefined ? {} : { [securityTokenHeader]: securityToken }),
    ...(method === 'GET' ? {} : { [nonceHeader]: randomUUID() }),
  }
  const request = { method, target, headers, signedHeaders: Object.keys(headers).toSorted() }
  const authorization = authorizationFor(request, body, { access: accessKey, secret: secretKey, date })
  return { ...headers, authorization }
}
