/** Requests that are wrong in one way: their body, path, query, headers, method, or what holds them together. */

import type { Dice } from './dice.ts'
import type { Json } from './known.ts'
import type { Request } from './request.ts'

/** In its own words, for the report. */
export interface Bent {
  readonly how: string
  readonly request: Request
}

/** @param ids of other things */
export function bent(request: Request, dice: Dice, ids: readonly string[]): Bent {
  const ways = request.body === undefined ? around : dice.chance(0.6) ? inside : around
  const [how, bend] = dice.pick(Object.entries(ways))
  return { how, request: bend(request, dice, ids) }
}

type Bend = (request: Request, dice: Dice, ids: readonly string[]) => Request

const longText = 'x'.repeat(100_000)
const strange: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 60,
  '',
  ' ',
  [],
  {},
  [[]],
  '\u0000',
  '\u202e\u0041\u0301',
  '\ud83d\ude80'.repeat(50),
  '\ud800',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  "' or 1=1 --",
  '${7*7}{{7*7}}',
  longText,
  Array.from({ length: 2000 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index])),
]

/** Every place in a value. */
function places(value: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([name, inner]) => places(inner, [...path, name]))]
}

function replaced(value: Json, [first, ...rest]: readonly (string | number)[], by: (old: Json) => Json): Json {
  if (first === undefined) return by(value)
  if (Array.isArray(value))
    return value.map((one, index) => (String(index) === String(first) ? replaced(one, rest, by) : one))
  return { ...value, [first]: replaced(value[first], rest, by) }
}

const json = ({ body }: Request): Json => JSON.parse(String(body)) as Json
const withText = (request: Request, text: string | Buffer): Request => ({
  ...request,
  body: Buffer.from(text as string),
})
const withValue = (request: Request, value: Json): Request => withText(request, JSON.stringify(value) ?? 'null')
const bendValue =
  (change: (old: Json, dice: Dice) => Json): Bend =>
  (request, dice) => {
    const value = json(request)
    return withValue(
      request,
      replaced(value, dice.pick(places(value)), (old) => change(old, dice)),
    )
  }
const bendText =
  (change: (text: string) => string): Bend =>
  (request) =>
    withText(request, change(String(request.body)))

const inside: Readonly<Record<string, Bend>> = {
  'another value': bendValue((_, dice) => dice.pick(strange)),
  'a value taken away': bendValue(() => undefined),
  'a value in a list': bendValue((old) => [old]),
  'a member more': bendValue((old) =>
    isMembers(old) ? { ...old, status: { phase: 'Success' }, id: 'mine', extra: [old] } : old,
  ),
  'a longer text': bendValue((old) => (typeof old === 'string' ? old.repeat(300) : old)),
  'a text with a NUL': bendValue((old) => (typeof old === 'string' ? `${old}\u0000` : old)),
  'names of a prototype': bendText((text) =>
    text.replace(
      '{',
      '{"__proto__":{"administrator":true},"constructor":{"prototype":{"enabled":true}},"hasOwnProperty":1,',
    ),
  ),
  'names twice': bendText((text) => text.replace(/\{("[^"]+":)/, '{$1null,$1')),
  'half of it': bendText((text) => text.slice(0, text.length >> 1)),
  'something behind it': bendText((text) => `${text}}`),
  'a mark before it': bendText((text) => `\ufeff${text}`),
  'no JSON': bendText((text) => text.replaceAll('"', "'")),
  'a number too large': bendText((text) => text.replace(/:("[^"]*"|\d+)/, ':1e999')),
  'too deep': bendText(() => `${'['.repeat(5000)}${']'.repeat(5000)}`),
  'deep within': bendText((text) => text.replace('{', `{"deep":${'{"a":'.repeat(60)}1${'}'.repeat(60)},`)),
  'no UTF-8': (request) =>
    withText(request, Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}')])),
  'no body': (request) => ({ ...request, body: Buffer.alloc(0) }),
  'white space': (request) => withText(request, ' \r\n\t '),
  'in two chunks': (request) => ({ ...request, chunked: true }),
  'half a megabyte': (request) => withText(request, `{"name":"${'y'.repeat(500_000)}"}`),
}

const isMembers = (value: Json): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

const bendPath =
  (change: (path: string, dice: Dice, ids: readonly string[]) => string): Bend =>
  (request, dice, ids) => {
    const [path = '', ...query] = request.target.split('?')
    return { ...request, target: [change(path, dice, ids), ...query].join('?') }
  }
const bendQuery =
  (query: string): Bend =>
  ({ target, ...request }) => ({ ...request, target: `${target.replace(/\?.*$/, '')}?${query}` })
const lastPart = (path: string, last: string): string => path.replace(/[^/]+$/, last)
const withHeader =
  (name: string, value: string | ((dice: Dice) => string)): Bend =>
  (request, dice) => ({
    ...request,
    headers: [
      ...request.headers.filter(([one]) => one !== name),
      [name, typeof value === 'string' ? value : value(dice)],
    ],
  })
const without =
  (...names: readonly string[]): Bend =>
  (request) => ({
    ...request,
    headers: request.headers.filter(([name]) => !names.includes(name)),
  })
const withMethod =
  (...methods: readonly string[]): Bend =>
  (request, dice) => ({ ...request, method: dice.pick(methods) })

const around: Readonly<Record<string, Bend>> = {
  'another id': bendPath((path, dice, ids) => lastPart(path, dice.pick([...ids, 'none']))),
  'a strange id': bendPath((path, dice) =>
    lastPart(
      path,
      dice.pick([
        '..',
        '.',
        '%2e%2e%2f',
        '%00',
        '%',
        '%zz',
        '__proto__',
        'constructor',
        '%F0%9F%9A%80',
        '%ff',
        'a;b=c',
        '*',
        '0',
        '%20',
        'x'.repeat(5000),
      ]),
    ),
  ),
  'another project': bendPath((path, dice) =>
    path.replace(/[0-9a-f]{32}/, dice.pick(['0'.repeat(32), '__proto__', '', '..', '%2F'])),
  ),
  'a slash more': bendPath((path) => `${path}/`),
  slashes: bendPath((path) => path.replaceAll('/', '//')),
  'steps back': bendPath((path) => `${path}/../..${path}`),
  'in capitals': bendPath((path) => path.toUpperCase()),
  'a part less': bendPath((path) => path.replace(/\/[^/]*$/, '') || '/'),
  'a part more': bendPath((path) => `${path}/more`),
  'another host in the path': bendPath((path) => `http://elsewhere.example${path}`),
  'no path': bendPath((_, dice) => dice.pick(['*', '//', '/%', '/?', '/openapi.json', '/favicon.ico', '/.env'])),
  'a strange query': bendQuery('limit=-1&after=x&limit[]=1&__proto__[a]=1&%ff=%zz&&&=&state=none&mesh='),
  'a limit twice': bendQuery('limit=1&limit=2'),
  'a long query': bendQuery(`q=${'z'.repeat(40_000)}`),
  'many in the query': bendQuery(Array.from({ length: 2000 }, (_, index) => `a${index}=1`).join('&')),
  nobody: without('x-auth-token', 'authorization', 'x-sdk-date'),
  'another token': withHeader('x-auth-token', (dice) => dice.pick(['guess', '', 'x'.repeat(8000), "' or 1=1", '%00'])),
  'another signature': withHeader('authorization', (dice) =>
    dice.pick([
      'Bearer x',
      'SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date, Signature=00',
      'SDK-HMAC-SHA256 ,,,=',
      '',
      'V11-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=0',
    ]),
  ),
  'another date': withHeader('x-sdk-date', (dice) => dice.pick(['20010101T000000Z', 'today', '99999999T999999Z'])),
  'of another project': withHeader('x-project-id', 'f'.repeat(32)),
  'another kind of body': withHeader('content-type', (dice) =>
    dice.pick([
      'text/plain',
      'application/xml',
      'application/json; charset=utf-16',
      ';',
      'multipart/form-data; boundary=x',
      '__proto__',
    ]),
  ),
  packed: withHeader('content-encoding', 'gzip'),
  'another answer': withHeader('accept', (dice) =>
    dice.pick(['text/html', 'application/json;q=0', '*/*;q=x', ',', 'text/event-stream', 'a/b;c=d,'.repeat(500)]),
  ),
  'known answers': withHeader('if-none-match', (dice) => dice.pick(['*', 'W/"x", "y"', '"', ','.repeat(5000)])),
  'an event before': withHeader('last-event-id', (dice) => dice.pick(['-1', 'x', '99999999999999999999'])),
  'another method': withMethod('PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE', 'PUT', 'POST', 'GET'),
  'another method in a header': withHeader('x-http-method-override', 'DELETE'),
  'from elsewhere': withHeader('x-forwarded-for', '203.0.113.9, __proto__'),
  awaited: withHeader('expect', (dice) => dice.pick(['100-continue', '200-ok'])),
  'another protocol': (request) => ({
    ...request,
    headers: [...request.headers, ['connection', 'upgrade'], ['upgrade', 'websocket']],
  }),
  'a header twice': (request) => ({ ...request, headers: [...request.headers, ...request.headers] }),
  'many headers': (request) => ({
    ...request,
    headers: [...request.headers, ...Array.from({ length: 500 }, (_, index) => [`x-h-${index}`, 'y'] as const)],
  }),
  'a long header': withHeader('x-long', 'z'.repeat(40_000)),
  'long headers': (request) => ({
    ...request,
    headers: [
      ...request.headers,
      ...Array.from({ length: 6 }, (_, index) => [`x-l-${index}`, 'z'.repeat(30_000)] as const),
    ],
  }),
  'names of a prototype as headers': (request) => ({
    ...request,
    headers: [...request.headers, ['__proto__', '{}'], ['constructor', 'x'], ['hasownproperty', 'x']],
  }),
  'a body where none is': (request) => ({ ...request, body: request.body ?? Buffer.from('{"a":[') }),
  'closed afterwards': withHeader('connection', 'close'),
}
