import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { authorizationFor, payloadHash, signingDate } from '../../contract/signing.ts'
import { Problem } from '../../lib/problem.ts'
import type { SignedRequest } from '../access.ts'
import type { Caller } from '../caller.ts'
import { lockout } from '../lockout.ts'
import { signatures } from './signatures.ts'
import type { SigningKey } from './signatures.ts'

const minute = 60_000
const start = Date.UTC(2026, 0, 2, 3, 4, 5)
const ada: Caller = {
  user: { id: 'u1', name: 'ada' },
  domain: { id: 'd1', name: 'works' },
  administrator: false,
  by: { kind: 'key', id: 'AK1' },
}
const keys: Readonly<Record<string, SigningKey>> = {
  AK1: { secret: 'secret-1', caller: ada },
  TMP: {
    secret: 'secret-2',
    caller: { ...ada, by: { kind: 'temporary-key', id: 'TMP' } },
    securityTokenHash: payloadHash('token-of-tmp'),
    expiresAt: start + 60 * minute,
  },
}

let now: number
let asked: string[]
beforeEach(() => {
  now = start
  asked = []
})

function door() {
  return signatures({
    keyOf: async (access) => {
      asked.push(access)
      return Object.hasOwn(keys, access) ? keys[access] : undefined
    },
    clock: { now: () => now },
    region: 'local',
    lockout: lockout({ after: 5, forMs: 5 * minute, now: () => now }),
  })
}

interface Sent {
  readonly method?: string
  readonly target?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly access?: string
  readonly secret?: string
  readonly date?: string
  readonly info?: string
  /** All headers when absent. */
  readonly signedHeaders?: readonly string[]
  /** What is sent beside, or other than, what was signed. */
  readonly changed?: (request: SignedRequest) => Partial<SignedRequest>
}

function request(sent: Sent): SignedRequest {
  const { access = 'AK1', secret = keys[access]?.secret ?? 'guess', method = 'PUT', target = '/v1/p/x?a=1' } = sent
  const date = sent.date ?? signingDate(start)
  const headers = { host: 'asm.example.com', 'x-sdk-date': date, ...sent.headers }
  const signedHeaders = sent.signedHeaders ?? Object.keys(headers).toSorted()
  const authorization = authorizationFor({ method, target, headers, signedHeaders }, sent.body ?? '{}', {
    access,
    secret,
    date,
    ...(sent.info === undefined ? {} : { info: sent.info }),
  })
  const made = { method, url: target, headers: { ...headers, authorization }, from: '10.0.0.1' }
  return { ...made, ...sent.changed?.(made) }
}

/** Who it was, or the text of the refusal. */
async function judged(sent: Sent, body = sent.body ?? '{}', at = door()): Promise<Caller | string> {
  try {
    return (await at.signer(request(sent))).verify(Buffer.from(body))
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.kind === 'unauthenticated') return thrown.message
    throw thrown
  }
}

describe('a signed request', () => {
  it('is from whom the key belongs to', async () => {
    expect(await judged({})).toEqual(ada)
  })

  it.each([
    ['only the date signed', { signedHeaders: ['x-sdk-date'] }],
    ['a derived signature', { info: '20260102/local/asm' }],
    ['its body not signed', { headers: { 'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD' } }],
    ['its body signed by its hash', { headers: { 'x-sdk-content-sha256': payloadHash('{}') } }],
    ['a method in lower case on the way', { changed: () => ({ method: 'put' }) }],
  ] as const)('may have %s', async (_, sent) => {
    expect(await judged(sent)).toEqual(ada)
  })

  it('with a temporary key carries its token', async () => {
    expect(await judged({ access: 'TMP', headers: { 'x-security-token': 'token-of-tmp' } })).toMatchObject({
      by: { kind: 'temporary-key' },
    })
  })

  it('is hashed as the bytes that came', async () => {
    expect(await judged({ body: '{"name": "é"}\n' })).toEqual(ada)
    expect(await judged({ body: '{"name": "é"}' }, '{"name": "é"}\n')).toContain('verify aksk signature fail')
  })
})

describe('is refused before its body is read', () => {
  const wrong = 'verify aksk signature fail, '
  const date = (ms: number): Sent => ({ date: signingDate(ms) })
  const without = (name: string): Sent => ({
    changed: ({ headers }) => ({ headers: { ...headers, [name]: undefined } }),
  })
  const changedHeader = (name: string, value: string): Sent => ({
    changed: ({ headers }) => ({ headers: { ...headers, [name]: value } }),
  })
  const cases: readonly (readonly [string, Sent, string])[] = [
    ['no signature', without('authorization'), `${wrong}the header Authorization is not as documented`],
    ['another scheme', changedHeader('authorization', 'Bearer x'), `${wrong}the header Authorization`],
    ['a signed header that did not come', without('host'), `${wrong}the signed header host did not come`],
    [
      'a header that every object has',
      {
        signedHeaders: ['x-sdk-date'],
        changed: ({ headers }) => ({
          headers: {
            ...headers,
            authorization: headers['authorization']?.replace('=x-sdk-date', '=constructor;x-sdk-date'),
          },
        }),
      },
      `${wrong}the signed header constructor did not come`,
    ],
    ['no date', { signedHeaders: ['host'], ...without('x-sdk-date') }, `${wrong}x-sdk-date must be a time`],
    ['no readable date', { date: '2026-01-02' }, `${wrong}x-sdk-date must be a time`],
    ['a date that is not signed', { signedHeaders: ['host'] }, `${wrong}x-sdk-date must be among SignedHeaders`],
    ['a date long ago', date(start - 15 * minute - 1000), `${wrong}x-sdk-date is more than 15 minutes from`],
    ['a date to come', date(start + 15 * minute + 1000), `${wrong}x-sdk-date is more than 15 minutes from`],
    ['another day', { info: '20260101/local/asm' }, `${wrong}Credential must end with 20260102/local/asm`],
    ['another region', { info: '20260102/elsewhere/asm' }, `${wrong}Credential must end with`],
    ['another service', { info: '20260102/local/cce' }, `${wrong}Credential must end with`],
    [
      'a hash of the body that is not signed',
      changedHeader('x-sdk-content-sha256', 'UNSIGNED-PAYLOAD'),
      `${wrong}x-sdk-content-sha256 must be among SignedHeaders`,
    ],
    [
      'a hash of the body that is none',
      { headers: { 'x-sdk-content-sha256': 'whatever' } },
      `${wrong}x-sdk-content-sha256 must be UNSIGNED-PAYLOAD or`,
    ],
    ['escapes that mean nothing', { changed: () => ({ url: '/v1/%zz' }) }, `${wrong}the address is not a path`],
    ['a whole address', { changed: ({ url }) => ({ url: `http://x${url}` }) }, `${wrong}the address is not a path`],
    ['an unknown key', { access: 'AK9' }, 'Get secretKey failed'],
    ['a key of every object', { access: 'constructor' }, 'Get secretKey failed'],
    ['a temporary key without its token', { access: 'TMP' }, 'x-security-token not found'],
    [
      'a temporary key with another token',
      { access: 'TMP', headers: { 'x-security-token': 'token-of-tmq' } },
      'decrypt token fail',
    ],
    [
      'a temporary key whose token is not signed',
      { access: 'TMP', ...changedHeader('x-security-token', 'token-of-tmp') },
      `${wrong}x-security-token must be among SignedHeaders`,
    ],
    [
      'a token with a key that is not temporary',
      { headers: { 'x-security-token': 'token-of-tmp' } },
      `${wrong}x-security-token came with a key that is not temporary`,
    ],
  ]
  it.each(cases)('for %s', async (_, sent, text) => {
    await expect(async () => door().signer(request(sent))).rejects.toThrow(
      expect.objectContaining({ kind: 'unauthenticated', message: expect.stringContaining(text) }),
    )
  })

  it('for a temporary key that expired', async () => {
    now = start + 60 * minute
    const sent = { access: 'TMP', headers: { 'x-security-token': 'token-of-tmp' }, date: signingDate(now) }
    expect(await judged(sent)).toBe('token expires, expires_at: 2026-01-02T04:04:05Z')
  })
})

it.each([-15 * minute, 15 * minute])('takes a date that is %d ms away', async (away) => {
  expect(await judged({ date: signingDate(start + away) })).toEqual(ada)
})

it('tells which hash the signature should have been made of, and no header', async () => {
  const sent = { access: 'TMP', secret: 'wrong', headers: { 'x-security-token': 'token-of-tmp' } }
  const text = await judged(sent)
  expect(text).toMatch(/^verify aksk signature fail, the SHA-256 of the canonical request is [0-9a-f]{64}$/)
})

it('refuses a body that is not the one that was declared', async () => {
  const sent = { headers: { 'x-sdk-content-sha256': payloadHash('{}') } }
  expect(await judged(sent, '{"a":1}')).toBe(
    'verify aksk signature fail, x-sdk-content-sha256 is not the SHA-256 of the body',
  )
})

describe('any change of what was signed is refused:', () => {
  const sent: Sent = { target: '/v1/p/mesh-upgrade/u1?limit=1&after=x', headers: { 'x-project-id': 'p' } }
  const changes: Readonly<Record<string, fc.Arbitrary<(request: SignedRequest) => Partial<SignedRequest>>>> = {
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'PATCH').map((method) => () => ({ method })),
    // A character more somewhere before the last one: a slash at the end is no change.
    path: fc
      .record({ at: fc.integer({ min: 1, max: 20 }), character: fc.constantFrom('a', '/', '%20', '%2F', '.', ';') })
      .map(({ at, character }) => ({ url }) => ({ url: url.slice(0, at) + character + url.slice(at) })),
    query: fc
      .constantFrom('limit=2&after=x', 'limit=1', 'limit=1&after=x&b', 'limit=1&after=X', '', 'limit=1&limit=1&after=x')
      .map((query) => ({ url }) => ({ url: url.replace(/\?.*/, `?${query}`) })),
    'signed header': fc
      .record({
        name: fc.constantFrom('host', 'x-project-id', 'x-sdk-date'),
        value: fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
      })
      .map(({ name, value }) => ({ headers }) => ({
        headers: { ...headers, [name]: name === 'x-sdk-date' ? signingDate(start + 1000) : `${headers[name]}${value}` },
      })),
    'signed headers': fc
      .constantFrom('host;x-sdk-date', 'x-sdk-date', 'x-sdk-date;x-project-id;host')
      .map((names) => ({ headers }) => ({
        headers: {
          ...headers,
          authorization: headers['authorization']?.replace(/SignedHeaders=[^,]+/, `SignedHeaders=${names}`),
        },
      })),
    signature: fc.integer({ min: 0, max: 63 }).map((at) => ({ headers }) => {
      const header = headers['authorization'] ?? ''
      const index = header.length - 64 + at
      const digit = header[index] === '0' ? '1' : '0'
      return { headers: { ...headers, authorization: header.slice(0, index) + digit + header.slice(index + 1) } }
    }),
  }

  it.each(Object.entries(changes))('%s', async (_, change) => {
    await fc.assert(
      fc.asyncProperty(change, async (changed) => {
        expect(await judged({ ...sent, changed })).toContain('verify aksk signature fail')
      }),
    )
  })

  it('body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (body, other) => {
        fc.pre(body !== other)
        expect(await judged({ ...sent, body }, other)).toContain('verify aksk signature fail')
      }),
    )
  })
})

describe('what means the same is accepted:', () => {
  const target = "/v1/a%20b/it's/x?limit=1&after=a%20b&flag=&multi=2&multi=1"
  it.each([
    ['a slash at the end', "/v1/a%20b/it's/x/?limit=1&after=a%20b&flag=&multi=2&multi=1"],
    ['another order of the query', "/v1/a%20b/it's/x?multi=1&flag=&after=a%20b&multi=2&limit=1"],
    ['other escapes', '/%761/a%20b/it%27s/%78?%6Cimit=1&after=a+b&flag&multi=2&multi=1'],
  ])('%s', async (_, url) => {
    expect(await judged({ target, changed: () => ({ url }) })).toEqual(ada)
  })

  it('blanks around the value of a header', async () => {
    const changed: Sent['changed'] = ({ headers }) => ({ headers: { ...headers, host: ' asm.example.com\t' } })
    expect(await judged({ changed })).toEqual(ada)
  })

  it('headers that are not signed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.string()), async (more) => {
        const changed: Sent['changed'] = ({ headers }) => ({ headers: { ...more, ...headers, accept: '*/*' } })
        expect(await judged({ changed })).toEqual(ada)
      }),
    )
  })
})

describe('a request that comes again', () => {
  const replayKey = async (sent: Sent): Promise<string> => (await door().signer(request(sent))).replayKey()

  it('is known by its signature, in whatever form it comes', async () => {
    const first = await replayKey({})
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(await replayKey({ changed: () => ({ url: '/v1/p/x/?a=1' }) })).toBe(first)
    expect(await replayKey({ changed: ({ headers }) => ({ headers: { ...headers, accept: '*/*' } }) })).toBe(first)
  })

  it.each([
    ['body', { body: '{"a":1}' }],
    ['date', { date: signingDate(start + 1000) }],
    ['path', { target: '/v1/p/y?a=1' }],
  ] as const)('is another one with another %s', async (_, sent) => {
    expect(await replayKey(sent)).not.toBe(await replayKey({}))
  })
})

describe('wrong signatures in a row', () => {
  it('lock the key from there, and a right one is not listened to', async () => {
    const at = door()
    for (let time = 0; time < 6; time++)
      expect(await judged({ secret: 'wrong' }, '{}', at)).toContain('verify aksk signature fail')
    expect(await judged({}, '{}', at)).toBe('AK access failed to reach the limit,forbidden')
    expect(asked).toHaveLength(6)
    expect(await judged({ changed: () => ({ from: '10.0.0.2' }) }, '{}', at)).toEqual(ada)
    now += 5 * minute
    expect(await judged({ date: signingDate(now) }, '{}', at)).toEqual(ada)
  })

  it('are forgotten after a right one', async () => {
    const at = door()
    for (let time = 0; time < 11; time++)
      expect(await judged(time === 5 ? {} : { secret: 'wrong' }, '{}', at)).not.toContain('limit')
  })

  it('count for unknown keys and wrong tokens, and not for what is no guess', async () => {
    const at = door()
    for (let time = 0; time < 6; time++) await judged({ access: 'AK9' }, '{}', at)
    expect(await judged({ access: 'AK9' }, '{}', at)).toContain('limit')
    for (let time = 0; time < 6; time++)
      await judged({ access: 'TMP', headers: { 'x-security-token': 'guess' } }, '{}', at)
    expect(await judged({ access: 'TMP', headers: { 'x-security-token': 'guess' } }, '{}', at)).toContain('limit')
    for (let time = 0; time < 9; time++) await judged({ date: signingDate(start - 60 * minute) }, '{}', at)
    expect(await judged({}, '{}', at)).toEqual(ada)
  })
})
