// How the server is reached and watched: TLS, a certificate that is renewed, health and metrics beside it.
import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { selfSigned } from '../../src/http/testing/self-signed.ts'
import { run, start, temporaryFolder } from './program.ts'
import type { Program } from './program.ts'

/** Seconds on a machine with nothing else to do. */
const patience = 120_000

interface Serving {
  readonly server: Program
  readonly url: string
}

async function serving(...argv: readonly string[]): Promise<Serving> {
  const server = start('serve', '--listen', '127.0.0.1:0', ...argv)
  const [, url = ''] = await server.printed(/Listening on (https?:\/\/127\.0\.0\.1:\d+)\./)
  return { server, url }
}

const healthOf = async ({ server }: Serving): Promise<string> =>
  (await server.printed(/Health and metrics on (http:\/\/127\.0\.0\.1:\d+)\./))[1] ?? ''

/** The protocol and the fingerprint of the certificate of a new connection. */
function shaken(
  url: string,
  options: ConnectionOptions,
): Promise<{ readonly protocol: string; readonly print: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), ...options }, () => {
      resolve({ protocol: socket.getProtocol() ?? '', print: socket.getPeerCertificate().fingerprint256 })
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

const statusOf = (url: string, ca: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })

describe('TLS', () => {
  test('nobody gets in with less than 1.2, and nothing is served in plain', { timeout: patience }, async () => {
    const folder = temporaryFolder()
    const { files, cert: ca } = await selfSigned(folder)
    const { url } = await serving('--data', join(folder, 'data'), '--tls-cert', files.cert, '--tls-key', files.key)
    expect(url).toMatch(/^https:/)
    expect(await statusOf(`${url}/nowhere`, ca)).toBe(401)
    expect((await shaken(url, { ca })).protocol).toBe('TLSv1.3')
    expect((await shaken(url, { ca, maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2')
    const old = { ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    // Refused by the server: the client would.
    await expect(shaken(url, old)).rejects.toMatchObject({ message: expect.stringMatching(/alert protocol version/) })
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow('fetch failed')
  })

  test('a renewed certificate is taken while it runs', { timeout: patience }, async () => {
    const folder = temporaryFolder()
    const { files, cert: ca } = await selfSigned(join(folder, 'used'))
    const next = await selfSigned(join(folder, 'next'), 5)
    const { server, url } = await serving(
      '--data',
      join(folder, 'data'),
      '--tls-cert',
      files.cert,
      '--tls-key',
      files.key,
      '--health-listen',
      '127.0.0.1:0',
    )
    const health = await healthOf({ server, url })
    const endOf = async (): Promise<number> =>
      Number(/^meshlift_tls_certificate_end_seconds (\S+)$/m.exec(await (await fetch(`${health}/metrics`)).text())?.[1])
    const [before, firstEnd] = [await shaken(url, { ca }), await endOf()]
    await cp(next.files.key, files.key)
    await cp(next.files.cert, files.cert)
    await server.logged(/The certificate is renewed\./)
    const after = await shaken(url, { ca: next.cert })
    expect(after.print).not.toBe(before.print)
    expect(Math.round((firstEnd - (await endOf())) / 86_400)).toBe(85)
    await server.logged(/The certificate in \S+ ends on \S+, in 4 days: renew it\./)
    server.kill('SIGTERM')
    const { exitCode, out, err } = await server.ended
    expect(exitCode).toBe(0)
    expect(out + err).not.toContain('PRIVATE KEY')
  })
})

describe('refusals, before anything is made', () => {
  test('each names what to set', { timeout: patience }, async () => {
    const folder = temporaryFolder()
    const { files } = await selfSigned(join(folder, 'one'))
    const other = await selfSigned(join(folder, 'two'))
    for (const [argv, text] of [
      [['--tls-cert', files.cert], /tlsKey is missing/],
      [
        ['--tls-cert', join(folder, 'none'), '--tls-key', files.key],
        /certificate file \S+none cannot be read \(ENOENT\)/,
      ],
      [['--tls-cert', files.cert, '--tls-key', other.files.key], /The key in \S+ is not that of the certificate in/],
      [['--listen', '0.0.0.0:0'], /without encryption: .*tlsCert and tlsKey/],
      [['--listen', 'example.org:0', '--allow-unencrypted'], /names are not looked up/],
    ] as const) {
      const data = join(folder, 'data')
      const ended = await run('serve', '--data', data, '--listen', '127.0.0.1:0', ...argv)
      expect([ended.exitCode, ended.err.trim().split('\n').length]).toEqual([2, 1])
      expect(ended.err).toMatch(text)
      expect(existsSync(data)).toBe(false)
    }
  })

  test('an address that is taken, in one sentence', { timeout: patience }, async () => {
    const folder = temporaryFolder()
    const { url } = await serving('--data', join(folder, 'one'))
    const ended = await run('serve', '--data', join(folder, 'two'), '--listen', new URL(url).host)
    expect(ended.exitCode).toBe(7)
    expect(ended.err).toContain(`Cannot listen on ${new URL(url).host}: another program listens there.`)
  })
})

test(
  'health and metrics have a listener of their own, and tell nothing about anybody',
  { timeout: patience },
  async () => {
    const folder = temporaryFolder()
    const one = await serving('--data', folder, '--health-listen', '127.0.0.1:0', '--simulated', '--speed', '100')
    const health = await healthOf(one)
    expect((await fetch(`${health}/healthz`)).status).toBe(200)
    const ready = await fetch(`${health}/readyz`)
    expect([ready.status, await ready.json()]).toMatchObject([200, { ready: true, checks: { database: { ok: true } } }])
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await fetch(one.url + path)).status).not.toBe(200)

    expect((await run('upgrade', 'demo', '--to', '1.31', '--yes', '--data', folder)).exitCode).toBe(0)
    expect((await run('project', 'remove', 'default', '--data', folder)).exitCode).toBe(5)
    const metrics = await (await fetch(`${health}/metrics`)).text()
    for (const line of [
      /^meshlift_upgrades\{state="Pending"\} 1$/m,
      /^meshlift_lease_held 1$/m,
      /^meshlift_verdicts_total\{stage="move-workloads",kind="done"\} 1$/m,
      /^meshlift_http_request_duration_seconds_count\{route="createUpgrade",method="POST",status="2xx"\} 1$/m,
      // At the door, three times above, and by a handler.
      /^meshlift_http_refusals_total\{code="access\/no-token"\} 3$/m,
      /^meshlift_http_refusals_total\{code="access\/in-use"\} 1$/m,
      /^process_resident_memory_bytes \d+$/m,
    ])
      expect(metrics).toMatch(line)
    expect(metrics).not.toMatch(/admin|demo|shop|127\.0\.0\.1|\/v1\//)
  },
)
