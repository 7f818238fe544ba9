// Signs requests with an access key, SDK-HMAC-SHA256. Written from the documents; imports nothing of the program.
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { nowForSignatures } from '../time.ts'

export interface AccessKey {
  readonly access: string
  readonly secret: string
  /** Of a temporary key. */
  readonly securityToken?: string
}

export interface Unsigned {
  readonly method: string
  /** Path and query as they are sent. */
  readonly target: string
  /** As it is sent; empty when there is none. */
  readonly body: string
}

/** The headers to send beside those that the request has anyway. */
export function signed(
  { access, secret, securityToken }: AccessKey,
  projectId: string,
  { method, target, body }: Unsigned,
): Readonly<Record<string, string>> {
  const headers: Readonly<Record<string, string>> = {
    // Dates are whole seconds, and a signed write that comes twice is done once: two that are meant must differ.
    'x-bed-request': randomUUID(),
    'x-project-id': projectId,
    'x-sdk-date': nowForSignatures(),
    ...(securityToken === undefined ? {} : { 'x-security-token': securityToken }),
  }
  const names = Object.keys(headers).toSorted()
  const { pathname, searchParams } = new URL(target, 'http://any')
  const path = pathname.split('/').map((segment) => encoded(decodeURIComponent(segment)))
  const query = [...searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).toSorted()
  const canonical = [
    method,
    path.at(-1) === '' ? path.join('/') : `${path.join('/')}/`,
    query.join('&'),
    names.map((name) => `${name}:${headers[name]}\n`).join(''),
    names.join(';'),
    sha256(body),
  ].join('\n')
  const text = `SDK-HMAC-SHA256\n${headers['x-sdk-date']}\n${sha256(canonical)}`
  const signature = createHmac('sha256', secret).update(text).digest('hex')
  const authorization = `SDK-HMAC-SHA256 Access=${access}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...headers, authorization }
}

/** All but letters, digits and `-_.~`, in upper-case hex. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
