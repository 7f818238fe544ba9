import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import type { Access, SignedRequest } from '../../access/access.ts'
import { identify } from './authenticate.ts'

/** What the signature is checked over when these lines come over a real connection. */
async function signedOver(...lines: readonly string[]): Promise<SignedRequest['headers']> {
  const asked: SignedRequest[] = []
  const signer = (request: SignedRequest) => {
    asked.push(request)
    throw new Error('Not known here.')
  }
  const app = Fastify({ logger: false })
  onTestFinished(() => app.close())
  app.addHook('onRequest', (request, _reply, done) => {
    expect(() => identify({ signer } as Partial<Access> as Access, request)).toThrow('Not known here.')
    done()
  })
  app.get('/', () => 'seen')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end(['GET / HTTP/1.1', 'Connection: close', 'Authorization: a', ...lines, '', ''].join('\r\n'))
  await text(socket)
  const [request] = asked
  if (!request) throw new Error('Nobody asked who it is.')
  const { connection: _, authorization: __, ...headers } = request.headers
  return headers
}

it.each([
  ['each once', ['Host: a', 'X-Sdk-Date: b'], { host: 'a', 'x-sdk-date': 'b' }],
  ['a second Host, which Node drops', ['Host: a', 'Host: b'], { host: 'a,b' }],
  [
    'a second Content-Type, which Node drops',
    ['Host: a', 'Content-Type: b', 'Content-Type: c'],
    { 'content-type': 'b,c', host: 'a' },
  ],
  ['one that Node joins in another way', ['Host: a', 'X-One: b', 'x-one: c'], { host: 'a', 'x-one': 'b,c' }],
  [
    'two of which Node drops one, and one more',
    ['Host: a', 'Host: b', 'X-One: c', 'Cookie: d', 'Cookie: e'],
    { host: 'a,b', 'x-one': 'c', cookie: 'd,e' },
  ],
  ['one that Node makes a list of', ['Host: a', 'Set-Cookie: b'], { host: 'a', 'set-cookie': 'b' }],
  [
    'names of what every object has',
    ['Host: a', 'Constructor: b', 'toString: c'],
    { host: 'a', constructor: 'b', tostring: 'c' },
  ],
  ['one that the framework takes for itself', ['Host: a', 'Accept-Version: 1'], { host: 'a', 'accept-version': '1' }],
] as const)('a signature is checked over the headers as they came: %s', async (_, lines, expected) => {
  expect({ ...(await signedOver(...lines)) }).toEqual(expected)
})

it('a signature is checked over a header that objects hide', async () => {
  const headers = await signedOver('Host: a', '__proto__: b')
  expect(Object.entries(headers)).toEqual([
    ['host', 'a'],
    ['__proto__', 'b'],
  ])
})
