/** The header `Authorization` of a signed request, read strictly: what is not written as documented is no signature. */

export interface Authorization {
  readonly access: string
  /** Of a derived signature (V11-HMAC-SHA256). */
  readonly info?: { readonly text: string; readonly day: string; readonly region: string; readonly service: string }
  /** Lower case, in the order that was signed. */
  readonly signedHeaders: readonly string[]
  /** 64 lower-case hexadecimal digits. Another spelling of it would make a replay look like a new request. */
  readonly signature: string
}

const rest = ', *SignedHeaders=(?<headers>[^, ]+), *Signature=(?<signature>[0-9a-f]{64})$'
const plain = new RegExp(`^SDK-HMAC-SHA256 +Access=(?<access>[A-Za-z0-9_-]{1,128})${rest}`)
const derived = new RegExp(
  `^V11-HMAC-SHA256 +Credential=(?<access>[A-Za-z0-9_-]{1,128})/(?<info>(?<day>\\d{8})/(?<region>[^/, ]+)/(?<service>[^/, ]+))${rest}`,
)
/** A header name (RFC 9110), in lower case. */
const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

/** Undefined for what is no signature of the two kinds. */
export function readAuthorization(header: string): Authorization | undefined {
  const { access, info, day, region, service, headers, signature } =
    (plain.exec(header) ?? derived.exec(header))?.groups ?? {}
  if (access === undefined || headers === undefined || signature === undefined) return undefined
  const signedHeaders = headers.split(';')
  const wellFormed = signedHeaders.every((name) => headerName.test(name))
  if (!wellFormed || new Set(signedHeaders).size < signedHeaders.length) return undefined
  const derivation =
    info === undefined || day === undefined || region === undefined || service === undefined
      ? {}
      : { info: { text: info, day, region, service } }
  return { access, ...derivation, signedHeaders, signature }
}
