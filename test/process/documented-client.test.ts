// A client that knows the public documentation only, written without sight of this program, drives a whole upgrade.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { begun, start, temporaryFolder } from './program.ts'

const client = fileURLToPath(new URL('documented-client.mjs', import.meta.url))

test.each(['1.31', 'v1.31', '1.31.1'])(
  'a client of the documented API drives %s',
  { timeout: 120_000 },
  async (version) => {
    const data = temporaryFolder()
    const server = start('serve', '--data', data, '--listen', '127.0.0.1:0', '--simulated', '--speed', '100')
    const [, url = ''] = await server.printed(/Listening on (http:\/\/127\.0\.0\.1:\d+)\./)
    const ended = await begun(client, [url, join(data, 'admin.json'), version]).ended
    expect(ended.err).toBe('')
    expect(ended.out).toMatch(/drove it\n$/)
    expect(ended.exitCode).toBe(0)
  },
)
