import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { client } from '../../src/client/client.ts'
import { login } from '../../src/client/login.ts'
import { handOut, harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { withMesh } from './samples.ts'

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
async function stuckCheck() {
  const started = Promise.withResolvers<AbortSignal>()
  const made = await harness(({ upgrades }) => ({
    upgrades: {
      ...upgrades,
      check: (_project, _mesh, _version, signal) => {
        started.resolve(signal)
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        })
      },
    },
  }))
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

it('stops what is under way when it is closed, and tells the caller', async () => {
  const { made, asking, signal } = await stuckCheck()
  const answered = once(asking, 'response')
  await made.app.close()
  expect(signal.aborted).toBe(true)
  const [answer] = (await answered) as [{ readonly statusCode: number }]
  expect(answer.statusCode).toBe(503)
})
