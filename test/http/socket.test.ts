import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { client } from '../../src/client/client.ts'
import { login } from '../../src/client/login.ts'
import type { ServerOptions } from '../../src/http/server.ts'
import { selfSigned } from '../../src/http/testing/self-signed.ts'
import { readCertificate } from '../../src/http/tls.ts'
import { handOut, harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { meshBody, withMesh } from './samples.ts'

let at: Harness | undefined
afterEach(() => at?.app.close())

async function listening(started: Harness): Promise<string> {
  at = started
  await started.app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(started.app.server.address() as AddressInfo).port}`
}

it('serves real connections', async () => {
  const baseUrl = await listening(await harness())
  const where = { baseUrl, fetch: (url: string, init: RequestInit) => fetch(url, init) }
  const session = await login(where, handOut)
  expect(await client(where, session).listMeshes()).toEqual({ kind: 'MeshList', apiVersion: 'v1', items: [] })
})

/** A check that only ends when it is told to; the signal is what is looked at. */
async function stuckCheck(options: ServerOptions = {}) {
  const started = Promise.withResolvers<AbortSignal>()
  const made = await harness(
    ({ upgrades }) => ({
      upgrades: {
        ...upgrades,
        check: (_project, _mesh, _version, signal) => {
          started.resolve(signal)
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error))
          })
        },
      },
    }),
    undefined,
    options,
  )
  const baseUrl = await listening(made)
  await withMesh(made)
  const asking = request(`${baseUrl}/meshlift/v1/${handOut.projectId}/checks`, {
    method: 'POST',
    headers: { 'x-auth-token': made.session.token, 'content-type': 'application/json' },
  })
  asking.end(JSON.stringify({ mesh: 'shop', targetVersion: '1.31.0' }))
  return { made, asking, signal: await started.promise }
}

it('lets a check go on while its caller waits, and stops it when the caller is gone', async () => {
  const { asking, signal } = await stuckCheck()
  // A body that was read to its end must not look like a caller who went away.
  await new Promise((resolve) => setImmediate(resolve))
  expect(signal.aborted).toBe(false)
  asking.on('error', () => undefined)
  asking.destroy()
  await once(signal, 'abort')
})

it('stops what is under way a while after it is closed, and tells the caller', async () => {
  const { made, asking, signal } = await stuckCheck({ timeouts: { finish: 1 } })
  const answered = once(asking, 'response')
  await made.app.close()
  expect(signal.aborted).toBe(true)
  const [answer] = (await answered) as [{ readonly statusCode: number }]
  expect(answer.statusCode).toBe(503)
})

it('lets what is under way when it is closed end', async () => {
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const made = await harness(({ clusters }) => ({
    clusters: {
      ...clusters,
      adopt: async (...asked) => {
        begun.resolve()
        await gate.promise
        return clusters.adopt(...asked)
      },
    },
  }))
  const baseUrl = await listening(made)
  const { id } = await made.client.addCluster({ body: { name: 'prod', kubeconfig: '/etc/prod.yaml' } })
  const where = { baseUrl, fetch: (url: string, init: RequestInit) => fetch(url, init) }
  const creating = client(where, made.session).createMesh({ body: meshBody(id) })
  await begun.promise
  const closed = made.app.close()
  await expect.poll(() => made.app.server.listening).toBe(false)
  gate.resolve()
  expect(await creating).toMatchObject({ metadata: { name: 'shop' } })
  await closed
})

/** Sends these bytes as they are and gives back all that comes until the connection ends. */
async function raw(baseUrl: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
  // Whoever is refused while it still sends may see the connection reset once the answer is there.
  socket.on('error', () => undefined)
  socket.write(bytes)
  await once(socket, 'close')
  return answer
}

const requestWith = (headers: string, target = '/v1/x/meshes'): string =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`

describe('what is no request', () => {
  it.each([
    ['headers over 32 KiB', requestWith(`X-A: ${'x'.repeat(33_000)}\r\n`), 494],
    ['headers over what is parsed', requestWith(`X-A: ${'x'.repeat(300_000)}\r\n`), 494],
    ['a target over 32 KiB', requestWith('', `/v1/${'x'.repeat(33_000)}`), 414],
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two lengths', requestWith('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'), 400],
    ['a header with a control character', requestWith('X-A: \u0001\r\n'), 400],
    ['a target that cannot be read', requestWith('', '/v1/%zz/meshes'), 400],
    ['an expectation that nobody has', requestWith('Expect: miracles\r\n'), 401],
  ])('%s is answered in the form of the gateway', async (_, bytes, status) => {
    const answer = await raw(await listening(await harness()), bytes)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head.split(' ')[1]).toBe(String(status))
    const id = /^x-request-id: ([0-9a-f]{32})\r?$/im.exec(head)?.[1]
    expect(id).toBeDefined()
    expect(head.toLowerCase()).toContain('cache-control: no-store')
    expect(JSON.parse(body)).toMatchObject({
      error_code: expect.stringMatching(/^APIGW\.\d{4}$/) as string,
      request_id: id,
    })
  })

  it('does not answer in the middle of another answer', async () => {
    const good = 'GET /v1/x/meshes HTTP/1.1\r\nHost: x\r\n\r\n'
    const answer = await raw(await listening(await harness()), `${good}HELLO\r\n\r\n`)
    for (const one of answer.split(/(?=HTTP\/1\.1 )/).filter((text) => text !== '')) {
      const [head = '', body = ''] = one.split('\r\n\r\n')
      expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBe(body.length)
    }
  })
})

describe('a connection', () => {
  it('that sends its body too slowly is ended with 408', async () => {
    const options = { timeouts: { request: 200, headers: 100, lookEvery: 20 } }
    const made = await harness(undefined, undefined, options)
    const token = `X-Auth-Token: ${made.session.token}\r\n`
    const head = `POST /meshlift/v1/iam/groups HTTP/1.1\r\nHost: x\r\n${token}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`
    const answer = await raw(await listening(made), head)
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('APIGW.0201')
    expect(made.parts.access.office.directory.groups.size).toBe(0)
  })

  it('that never ends its headers is ended with 408', async () => {
    const options = { timeouts: { request: 200, headers: 100, lookEvery: 20 } }
    const answer = await raw(await listening(await harness(undefined, undefined, options)), 'GET / HTTP/1.1\r\nHost:')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('beyond the limit is not served, and is again when another one has ended', async () => {
    const baseUrl = await listening(await harness(({ limits }) => ({ limits: { ...limits, connections: 1 } })))
    const first = connect(Number(new URL(baseUrl).port), '127.0.0.1')
    await once(first, 'connect')
    first.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(first, 'data')
    expect(await raw(baseUrl, requestWith(''))).toBe('')
    first.destroy()
    await expect.poll(() => raw(baseUrl, requestWith(''))).toMatch(/^HTTP\/1\.1 401 /)
  })

  it('of nobody known that sends much is not read to its end', async () => {
    const baseUrl = await listening(await harness())
    const head = `POST /v1/x/meshes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n`
    expect(await raw(baseUrl, `${head}{`)).toMatch(/^HTTP\/1\.1 401 /)
  })

  it('is kept for the next request when a refused body was short', async () => {
    const baseUrl = await listening(await harness())
    const post = `POST /v1/x/meshes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`
    const answer = await raw(baseUrl, post + requestWith(''))
    expect(answer.match(/HTTP\/1\.1 401 /g)).toHaveLength(2)
  })
})

it('has a connection left for others when one address opens all that it can have', async () => {
  const made = await harness(({ limits }) => ({ limits: { ...limits, connections: 8 } }))
  const { port } = new URL(await listening(made))
  const status = (localAddress: string): Promise<number | undefined> =>
    new Promise((resolve) => {
      const asking = request({ host: '127.0.0.1', port, localAddress, path: '/openapi.json' }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      asking.on('error', () => resolve(undefined))
      asking.end()
    })
  const idle = Array.from({ length: 6 }, () => connect({ host: '127.0.0.1', port: Number(port) }))
  await Promise.all(idle.map((one) => once(one, 'connect')))
  expect(await status('127.0.0.1')).toBeUndefined()
  expect(await status('127.0.0.2')).toBe(200)
  for (const one of idle) one.destroy()
})

it('ends a connection that never begins with TLS as it ends one without headers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshlift-socket-'))
  const { context } = await readCertificate((await selfSigned(folder)).files)
  rmSync(folder, { recursive: true })
  const options = { https: context, timeouts: { headers: 100, lookEvery: 20 } }
  expect(await raw(await listening(await harness(undefined, undefined, options)), '')).not.toContain('HTTP')
})

describe('large bodies at once', () => {
  const mebibyte = 1_048_576
  /** Sends the headers and not the body; the answer, when one comes before that. */
  const begun = async (baseUrl: string, token: string, headers: string): Promise<Socket> => {
    const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1')
    const head = `POST /meshlift/v1/iam/groups HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${token}\r\nContent-Type: application/json\r\n`
    socket.on('error', () => undefined)
    socket.write(`${head}${headers}\r\n`)
    return socket
  }
  const statusOf = async (socket: Socket): Promise<string | undefined> => {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    return chunk.toString('latin1').split(' ')[1]
  }

  it('are bounded; short ones pass, and the room is free again when they are gone', async () => {
    const made = await harness()
    const baseUrl = await listening(made)
    const { token } = made.session
    const expecting = `Expect: 100-continue\r\nContent-Length: ${12 * mebibyte}\r\n`
    const large: Socket[] = []
    for (let count = 0; count < 21; count += 1) {
      const socket = await begun(baseUrl, token, expecting)
      expect(await statusOf(socket)).toBe('100')
      large.push(socket)
    }
    const ask = async (headers: string, body = ''): Promise<string | undefined> => {
      const socket = await begun(baseUrl, token, headers)
      socket.write(body)
      const status = await statusOf(socket)
      socket.destroy()
      return status
    }
    expect(await ask(`Content-Length: ${12 * mebibyte}\r\n`)).toBe('429')
    expect(await ask('Transfer-Encoding: chunked\r\n')).toBe('429')
    expect(await ask('Content-Length: 14\r\n', '{"name":"short"')).toBe('400')
    expect(await ask('Content-Length: 16\r\n', '{"name":"short"}')).toBe('201')
    for (const socket of large) socket.destroy()
    await expect.poll(() => ask('Transfer-Encoding: chunked\r\n', '0f\r\n{"name":"later"\r\n0\r\n\r\n')).toBe('400')
  })
})
