import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Config } from '../../config.ts'
import { exitCodes } from '../exit-codes.ts'
import { scriptedServer } from '../testing/scripted-server.ts'
import { run } from '../testing/test-world.ts'

test('serve hands its settings on, says where it is, and leaves the way to it in the data folder while it runs', async () => {
  const data = mkdtempSync(join(tmpdir(), 'meshlift-serve-'))
  const seen: { config?: Config; file?: unknown } = {}
  const { fetch } = scriptedServer({})
  try {
    const argv = `serve --data ${data} --listen 127.0.0.1:0 --health-listen 127.0.0.1:0 --tls-cert /tls.crt --tls-key /tls.key
      --key-file /secret.key --region north-1 --requests-per-minute 7 --connections 8 --lock-after 9 --lock-for 10s`
    const { exitCode, out } = await run(argv.split(/\s+/), {
      fetch,
      openServer: async (config) => {
        seen.config = config
        return {
          url: 'https://127.0.0.1:1',
          healthUrl: 'http://127.0.0.1:2',
          fetch,
          credentials: { user: 'u', password: 'p', domain: 'd', projectName: 'n', projectId: '0'.repeat(32) },
          setLostPassword: () => Promise.reject(new Error('Nobody asks for it.')),
          close: async () => {},
        }
      },
      onOut: (text, interrupt) => {
        if (!text.startsWith('Listening on')) return
        seen.file = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8'))
        interrupt()
      },
    })
    expect(exitCode).toBe(exitCodes.done)
    expect(out).toContain('Listening on https://127.0.0.1:1.')
    expect(seen.config).toMatchObject({
      healthListen: '127.0.0.1:0',
      tlsCert: '/tls.crt',
      tlsKey: '/tls.key',
      keyFile: '/secret.key',
      region: 'north-1',
      requestsPerMinute: 7,
      connections: 8,
      lockAfter: 9,
      lockFor: 10_000,
      allowUnencrypted: false,
      healthAllowUnencrypted: false,
    })
    expect(seen.file).toEqual({ url: 'https://127.0.0.1:1', pid: process.pid, certificate: '/tls.crt' })
    expect(out).toContain('Health and metrics on http://127.0.0.1:2.')
    expect(() => readFileSync(join(data, 'server.json'))).toThrow('ENOENT')
  } finally {
    rmSync(data, { recursive: true })
  }
})
