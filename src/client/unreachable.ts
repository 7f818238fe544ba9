/** Why no answer came: nobody there, or somebody whose certificate is not trusted. */

import { Refused } from './refused.ts'

/** By the code that Node's TLS gives; what is missing here is told as a server that is not there. */
const untrusted: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by nobody who is trusted; name it with --ca-file FILE',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by nobody who is trusted; name its authority with --ca-file FILE',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by nobody who is trusted; name its authority with --ca-file FILE',
  UNABLE_TO_GET_ISSUER_CERT: 'is signed by nobody who is trusted; name its authority with --ca-file FILE',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by nobody who is trusted; name its authority with --ca-file FILE',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for other names; say one of those with --server URL',
  CERT_HAS_EXPIRED: 'has expired; renew it on the server',
  CERT_NOT_YET_VALID: 'is not valid yet; are the clocks right?',
}

export function unreachable(baseUrl: string, thrown: unknown): Refused {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  const shown = code === undefined ? '' : ` (${code})`
  const mistrust = code !== undefined && Object.hasOwn(untrusted, code) ? untrusted[code] : undefined
  return new Refused({
    status: 0,
    ...(mistrust === undefined
      ? { code: 'client/unreachable', text: `No answer from ${baseUrl}${shown}. Is the server running?` }
      : { code: 'client/untrusted', text: `The certificate of ${baseUrl} ${mistrust}${shown}.` }),
    cause: thrown,
  })
}
