import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalHead, canonicalPath, canonicalQuery, encoded } from './canonical.ts'

it('is these lines, the headers in the order of SignedHeaders', () => {
  const head = canonicalHead({
    method: 'GET',
    target: '/v1/p/vpcs?marker=m&limit=2',
    headers: { 'x-sdk-date': '20191115T033655Z', host: ' example.com\t', other: 'unsigned' },
    signedHeaders: ['host', 'x-sdk-date'],
  })
  expect(head).toBe(
    'GET\n/v1/p/vpcs/\nlimit=2&marker=m\nhost:example.com\nx-sdk-date:20191115T033655Z\n\nhost;x-sdk-date',
  )
})

describe('a path', () => {
  it.each([
    ['/', '/'],
    ['/v1/x', '/v1/x/'],
    ['/v1/x/', '/v1/x/'],
    ['/%76%31/~x', '/v1/~x/'],
    ['/a%2Fb', '/a%2Fb/'],
    ["/a'(b)!*", '/a%27%28b%29%21%2A/'],
    ['/a+b', '/a%2Bb/'],
    ['/a%2541', '/a%2541/'],
    ['/%E4%B8%80', '/%E4%B8%80/'],
    ['/a//b', '/a//b/'],
    ['/a/%2e%2e/b', '/a/../b/'],
  ])('%s is %s', (path, expected) => {
    expect(canonicalPath(path)).toBe(expected)
  })

  it.each(['', 'x', 'http://host/x', '*', '/%', '/%zz', '/%ff', '/%ED%A0%80', '/\uD800', '/x#y'])(
    '%j is none',
    (path) => {
      expect(canonicalPath(path)).toBeUndefined()
    },
  )

  it('is the same in every spelling', () => {
    const character = fc.constantFrom(...'abcXYZ019-_.~ /%+?#!é一'.split(''), '\u{1F600}')
    const spelled = fc.array(fc.tuple(character, fc.boolean()), { maxLength: 12 })
    fc.assert(
      fc.property(spelled, (characters) => {
        const text = characters.map(([one]) => one).join('')
        const bytes = (one: string) => [...Buffer.from(one)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
        const other = characters.map(([one, escape]) => (escape ? bytes(one).join('') : encodeURIComponent(one)))
        expect(canonicalPath(`/${other.join('')}`)).toBe(`/${encoded(text)}${text === '' ? '' : '/'}`)
      }),
    )
  })
})

describe('a query', () => {
  it('is the one of the Go SDK', () => {
    const query = new URLSearchParams([
      ['limit', '1'],
      ['enable', 'true'],
      ['path', '/tmp/123'],
      ['multi', '1'],
      ['multi', '2'],
      ['multi', '3'],
      ['test', '\u4E00 (&=?!#%.*)'],
    ])
    expect(canonicalQuery(query.toString())).toBe(
      'enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29',
    )
  })

  it.each([
    ['', ''],
    ['b=1&a=2', 'a=2&b=1'],
    ['a=2&a=1', 'a=1&a=2'],
    ['a', 'a='],
    ['a=b=c', 'a=b%3Dc'],
    ['a=x+y&b=%2B', 'a=x%20y&b=%2B'],
    ['&a=1&&', 'a=1'],
  ])('%j is %j', (query, expected) => {
    expect(canonicalQuery(query)).toBe(expected)
  })

  it.each(['a=%', 'a=%zz', '%ff=1', 'a=#'])('%j is none', (query) => {
    expect(canonicalQuery(query)).toBeUndefined()
  })
})
