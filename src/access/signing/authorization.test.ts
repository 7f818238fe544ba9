import { expect, it } from 'vitest'
import { readAuthorization } from './authorization.ts'

const signature = 'ab'.repeat(32)

it('reads a plain signature', () => {
  expect(
    readAuthorization(`SDK-HMAC-SHA256 Access=AK1, SignedHeaders=host;x-sdk-date, Signature=${signature}`),
  ).toEqual({ access: 'AK1', signedHeaders: ['host', 'x-sdk-date'], signature })
})

it('reads a derived one, with what it was derived for', () => {
  const credential = 'AK1/20260102/local/asm'
  expect(
    readAuthorization(`V11-HMAC-SHA256 Credential=${credential}, SignedHeaders=x-sdk-date, Signature=${signature}`),
  ).toEqual({
    access: 'AK1',
    info: { text: '20260102/local/asm', day: '20260102', region: 'local', service: 'asm' },
    signedHeaders: ['x-sdk-date'],
    signature,
  })
})

it.each([
  '',
  'Bearer abc',
  `AWS4-HMAC-SHA256 Access=AK1, SignedHeaders=x-sdk-date, Signature=${signature}`,
  `SDK-HMAC-SM3 Access=AK1, SignedHeaders=x-sdk-date, Signature=${signature}`,
  `SDK-HMAC-SHA256 Access=, SignedHeaders=x-sdk-date, Signature=${signature}`,
  `SDK-HMAC-SHA256 Access=AK 1, SignedHeaders=x-sdk-date, Signature=${signature}`,
  `SDK-HMAC-SHA256 Access=AK1, SignedHeaders=, Signature=${signature}`,
  `SDK-HMAC-SHA256 Access=AK1, SignedHeaders=x-sdk-date;, Signature=${signature}`,
  `SDK-HMAC-SHA256 Access=AK1, SignedHeaders=X-Sdk-Date, Signature=${signature}`,
  `SDK-HMAC-SHA256 Access=AK1, SignedHeaders=x-sdk-date;x-sdk-date, Signature=${signature}`,
  `SDK-HMAC-SHA256 Access=AK1, SignedHeaders=x-sdk-date, Signature=${signature.toUpperCase()}`,
  `SDK-HMAC-SHA256 Access=AK1, SignedHeaders=x-sdk-date, Signature=${signature}0`,
  `SDK-HMAC-SHA256 Access=AK1, SignedHeaders=x-sdk-date, Signature=${signature}, More=1`,
  `SDK-HMAC-SHA256 Credential=AK1/20260102/local/asm, SignedHeaders=x-sdk-date, Signature=${signature}`,
  `V11-HMAC-SHA256 Credential=AK1/2026/local/asm, SignedHeaders=x-sdk-date, Signature=${signature}`,
])('%j is none', (header) => {
  expect(readAuthorization(header)).toBeUndefined()
})
