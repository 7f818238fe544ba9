import { Agent, request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import Fastify from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { sending } from './sending.ts'
import type { Sending, Sent } from './sending.ts'

/** What a real client sees of one answer. */
interface Seen {
  readonly status: number | undefined
  readonly title: string | undefined
  readonly headers: IncomingHttpHeaders
  /** As they came, names with their values. */
  readonly raw: readonly string[]
  readonly body: string
}

async function seen(
  sent: Sent,
  out: Sending = sending({ 'cache-control': 'no-store', 'x-always': 'yes' }),
): Promise<Seen> {
  const app = Fastify({ logger: false, genReqId: () => 'r1' })
  onTestFinished(() => app.close())
  app.get('/', (_request, reply) => void out.send(reply, sent))
  app.setErrorHandler((_thrown, _request, reply) => out.send(reply, { status: 500, headers: {}, body: 'broken' }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  // Would keep its connection, if it could.
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent }, (answer) => {
      const { statusCode: status, statusMessage: title, headers, rawHeaders: raw } = answer
      buffer(answer).then((body) => resolve({ status, title, headers, raw, body: body.toString() }), reject)
    })
      .on('error', reject)
      .end()
  })
}

it('says what every answer says, what it says itself, and how long it is in bytes', async () => {
  const { status, headers, body } = await seen({ status: 201, headers: { etag: '"1"' }, body: 'größer' })
  expect({ status, body }).toEqual({ status: 201, body: 'größer' })
  expect(headers).toMatchObject({
    'x-request-id': 'r1',
    'x-always': 'yes',
    'cache-control': 'no-store',
    etag: '"1"',
    'content-length': '8',
  })
})

it('says a thing once, and its own wins', async () => {
  const own = { 'cache-control': 'private, no-cache' }
  const { raw } = await seen({ status: 200, headers: own, body: Buffer.from('{}') })
  const names = raw.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted())
  expect(raw).toContain('private, no-cache')
  expect(raw).not.toContain('no-store')
})

it('has no length where there is no body', async () => {
  const { status, headers, body } = await seen({ status: 304, headers: { etag: '"1"' } })
  expect({ status, body, length: headers['content-length'] }).toEqual({ status: 304, body: '', length: undefined })
})

it('keeps its connection', async () => {
  expect((await seen({ status: 200, headers: {}, body: '' })).headers.connection).toBe('keep-alive')
})

it('ends its connection while the server stops, and says so once', async () => {
  const out = sending({})
  out.stop()
  expect((await seen({ status: 200, headers: {}, body: '' }, out)).raw.filter((one) => one === 'close')).toHaveLength(1)
  const own = { connection: 'close' }
  expect((await seen({ status: 200, headers: own, body: '' }, out)).raw.filter((one) => one === 'close')).toHaveLength(
    1,
  )
})

it('with a header that is none is not sent, and whoever waits is told', async () => {
  const { status, title, body, headers } = await seen({
    status: 200,
    headers: { 'x-name': 'a\r\nset-cookie: b' },
    body: 'secret',
  })
  expect({ status, title, body }).toEqual({ status: 500, title: 'Internal Server Error', body: 'broken' })
  expect(headers).not.toHaveProperty('set-cookie')
})
