// The vectors that were published, and two for this API made with what reproduces those (asm-api 7.4).
import { describe, expect, it } from 'vitest'
import { authorizationFor, payloadHash, readSigningDate, requestHash, signingDate } from './signing.ts'
import { canonicalHead, canonicalRequest } from './signing/canonical.ts'
import type { Signable } from './signing/canonical.ts'

interface Vector {
  readonly method: string
  readonly target: string
  /** Beside these, what is there and not signed. */
  readonly headers: Readonly<Record<string, string>>
  readonly signedHeaders: string
  readonly body: string
  readonly access: string
  readonly secret: string
  readonly info?: string
  readonly hash: string
  readonly authorization: string
}

const guide = { access: 'QTWAOYTTINDUT2QVKYUC', secret: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc' }
const sdk = { access: 'AccessKey', secret: 'SecretKey' }
const project = '77b6a44cba5143ab91d13ab9a8ff44fd'

const vectors: Readonly<Record<string, Vector>> = {
  'A, of the guide': {
    ...guide,
    method: 'GET',
    target: `/v1/${project}/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0`,
    headers: {
      'content-type': 'application/json',
      host: 'service.region.example.com',
      'x-sdk-date': '20191115T033655Z',
    },
    signedHeaders: 'content-type;host;x-sdk-date',
    body: '',
    hash: 'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
    authorization:
      'SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  },
  'B, of the Go SDK': {
    ...sdk,
    method: 'GET',
    target: '/path?limit=1',
    headers: { 'x-sdk-date': '20060102T150405Z', test_underscore: 'unsigned' },
    signedHeaders: 'x-sdk-date',
    body: '',
    hash: '85c3b7730f308aee452b16138a42a914397e43a8f0d732dfa521c0ef2afa98a4',
    authorization:
      'SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=x-sdk-date, Signature=5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624',
  },
  'C, of the Go SDK': {
    ...sdk,
    method: 'POST',
    target: '/path/?key=value',
    headers: { 'content-type': 'application/json', 'x-sdk-date': '20060102T150405Z', test_underscore: 'unsigned' },
    signedHeaders: 'x-sdk-date',
    body: '{"Name":"test","Id":1}\n',
    hash: '13f75ff5f5216199f986c7e7f2f77834d5e160ad9e46f37319816dc72ba7eeab',
    authorization:
      'SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=x-sdk-date, Signature=cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59',
  },
  'B as a derived one': {
    ...sdk,
    method: 'GET',
    target: '/path?limit=1',
    headers: { 'x-sdk-date': '20060102T150405Z' },
    signedHeaders: 'x-sdk-date',
    body: '',
    info: '20060102/test-region-1/demo',
    hash: '85c3b7730f308aee452b16138a42a914397e43a8f0d732dfa521c0ef2afa98a4',
    authorization:
      'V11-HMAC-SHA256 Credential=AccessKey/20060102/test-region-1/demo, SignedHeaders=x-sdk-date, Signature=8fd3610508884bb19718317797c7378716a94bc740d97502e569322e366341cc',
  },
  'D, a job': {
    ...guide,
    method: 'GET',
    target: `/v1/${project}/mesh-job/11111111-2222-3333-4444-555555555555`,
    headers: { host: 'asm.example.com', 'x-project-id': project, 'x-sdk-date': '20260102T030405Z' },
    signedHeaders: 'host;x-project-id;x-sdk-date',
    body: '',
    hash: '259894d12c47c073dcaad1baed954dc0f4d0baa22b0b1681894cfa66c5390e3b',
    authorization:
      'SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=host;x-project-id;x-sdk-date, Signature=19b037859c4c9b79967243ca8a4d1b1b91c8b4605ccdfd383a2e4d8c95ddafb8',
  },
  'E, an upgrade with a temporary key': {
    ...guide,
    method: 'POST',
    target: `/v1/${project}/mesh-upgrade`,
    headers: {
      'content-type': 'application/json',
      host: 'asm.example.com',
      'x-project-id': project,
      'x-sdk-date': '20260102T030405Z',
      'x-security-token': 'TOKEN123',
    },
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date;x-security-token',
    body: '{"kind":"MeshUpgrade","apiVersion":"v1"}',
    hash: '3649f04a42357bf0a3f0413eaf48040324fcbf367a03b55d077cabcae09b3b80',
    authorization:
      'SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-project-id;x-sdk-date;x-security-token, Signature=789c4ad3dc7b0d1cbc3d46e0e2ddcc8972f6d9d459f2621720d2ec24636f5880',
  },
}

const signableOf = ({ method, target, headers, signedHeaders }: Vector): Signable => ({
  method,
  target,
  headers,
  signedHeaders: signedHeaders.split(';'),
})

describe.each(Object.entries(vectors))('vector %s', (_, vector) => {
  it('has the published hash', () => {
    const head = canonicalHead(signableOf(vector)) ?? ''
    expect(requestHash(canonicalRequest(head, payloadHash(vector.body)))).toBe(vector.hash)
  })

  it('has the published signature', () => {
    const { access, secret, info } = vector
    const date = vector.headers['x-sdk-date'] ?? ''
    const terms = { access, secret, date, ...(info === undefined ? {} : { info }) }
    expect(authorizationFor(signableOf(vector), vector.body, terms)).toBe(vector.authorization)
  })
})

it('hashes a body that is not there as the empty one', () => {
  expect(payloadHash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

it('signs what x-sdk-content-sha256 says instead of the body', () => {
  const one = {
    method: 'PUT',
    target: '/x',
    headers: { 'x-sdk-date': '20260102T030405Z', 'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD' },
    signedHeaders: ['x-sdk-content-sha256', 'x-sdk-date'],
  }
  const terms = { ...sdk, date: '20260102T030405Z' }
  expect(authorizationFor(one, 'this', terms)).toBe(authorizationFor(one, 'that', terms))
})

it('hashes the bytes of a header that was sent as UTF-8 and came as one character a byte', () => {
  const headOf = (value: string) =>
    canonicalHead({ method: 'GET', target: '/', headers: { a: value }, signedHeaders: ['a'] }) ?? ''
  expect(requestHash(headOf(Buffer.from('Zoë').toString('latin1')))).toBe(payloadHash(headOf('Zoë')))
})

it('refuses to sign an address that cannot be read', () => {
  const one = { method: 'GET', target: '/%zz', headers: {}, signedHeaders: [] }
  expect(() => authorizationFor(one, '', { ...sdk, date: '' })).toThrow(URIError)
})

describe('the date', () => {
  it('is written and read to the second', () => {
    const ms = Date.UTC(2026, 0, 2, 3, 4, 5)
    expect(signingDate(ms + 999)).toBe('20260102T030405Z')
    expect(readSigningDate('20260102T030405Z')).toBe(ms)
  })

  it.each(['', '2026-01-02T03:04:05Z', '20260102T030405', '20260231T000000Z', '20261301T000000Z', '20260102T250000Z'])(
    'is not %j',
    (text) => {
      expect(readSigningDate(text)).toBeUndefined()
    },
  )
})
