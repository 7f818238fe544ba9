// The server is told to end: answers in flight are sent, upgrades stop between two actions, and the process is gone.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { selfSigned } from '../../src/http/testing/self-signed.ts'
import { run, start, temporaryFolder } from './program.ts'
import type { Program } from './program.ts'

/** Seconds on a machine with nothing else to do. */
const patience = 60_000

interface Serving {
  readonly server: Program
  readonly url: string
  readonly health: string
}

async function serving(data: string, ...argv: readonly string[]): Promise<Serving> {
  const server = start('serve', '--data', data, '--listen', '127.0.0.1:0', '--health-listen', '127.0.0.1:0', ...argv)
  const [, url = ''] = await server.printed(/Listening on (http:\/\/127\.0\.0\.1:\d+)\./)
  const [, health = ''] = await server.printed(/Health and metrics on (http:\/\/127\.0\.0\.1:\d+)\./)
  return { server, url, health }
}

/** A cluster that does not answer until it is told to. */
async function slowCluster(folder: string) {
  const asked = Promise.withResolvers<void>()
  const answering = Promise.withResolvers<void>()
  const { files, cert, key } = await selfSigned(join(folder, 'cluster'))
  const server = createServer({ cert, key }, (_request, response) => {
    asked.resolve()
    void answering.promise.then(() => response.writeHead(403, { 'content-type': 'application/json' }).end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const kubeconfig = join(folder, 'kubeconfig')
  const to = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'slow',
      contexts: [{ name: 'slow', context: { cluster: 'slow', user: 'slow' } }],
      clusters: [{ name: 'slow', cluster: { server: to, 'certificate-authority': files.cert } }],
      users: [{ name: 'slow', user: { token: 'slow' } }],
    }),
  )
  return { kubeconfig, asked: asked.promise, answer: answering.resolve }
}

interface Caller {
  readonly project: string
  readonly get: (path: string, accept: string) => Promise<Response>
  readonly post: (path: string, body?: object) => Promise<Response>
}

async function administrator({ url }: Serving, data: string): Promise<Caller> {
  const { user, password, domain, projectName, projectId } = JSON.parse(
    readFileSync(join(data, 'admin.json'), 'utf8'),
  ) as Record<string, string>
  const json = { 'content-type': 'application/json' }
  const auth = {
    identity: { methods: ['password'], password: { user: { name: user, password, domain: { name: domain } } } },
    scope: { project: { name: projectName } },
  }
  const login = await fetch(`${url}/v3/auth/tokens`, { method: 'POST', headers: json, body: JSON.stringify({ auth }) })
  const token = { 'x-auth-token': login.headers.get('x-subject-token') ?? '' }
  return {
    project: `/meshlift/v1/${projectId}`,
    get: (path, accept) => fetch(url + path, { headers: { ...token, accept } }),
    post: (path, body) =>
      fetch(url + path, {
        method: 'POST',
        headers: { ...token, ...json },
        ...(body && { body: JSON.stringify(body) }),
      }),
  }
}

/** Begins a request that is answered only once that cluster answers. */
async function slowRequest(
  one: Serving,
  data: string,
  kubeconfig: string,
): Promise<{ readonly answer: Promise<Response> }> {
  const { project, post } = await administrator(one, data)
  const added = (await (await post(`${project}/clusters`, { name: 'slow', kubeconfig })).json()) as {
    readonly id: string
  }
  const answer = post(`${project}/clusters/${added.id}/test`)
  answer.catch(() => undefined)
  return { answer }
}

test(
  'answers what was asked before, takes nothing new, and is not ready meanwhile',
  { timeout: patience },
  async () => {
    const data = temporaryFolder()
    const one = await serving(data)
    const cluster = await slowCluster(data)
    const { answer } = await slowRequest(one, data, cluster.kubeconfig)
    await cluster.asked
    expect((await fetch(`${one.health}/readyz`)).status).toBe(200)
    one.server.kill('SIGTERM')
    let ready = await fetch(`${one.health}/readyz`)
    while (ready.status === 200) ready = await fetch(`${one.health}/readyz`)
    expect([ready.status, await ready.json()]).toMatchObject([503, { checks: { program: { text: 'stops' } } }])
    await expect(fetch(`${one.url}/healthz`)).rejects.toThrow('fetch failed')
    cluster.answer()
    const answered = await answer
    // What the cluster said after all: the request was not given up.
    const said = { problem: { text: expect.stringContaining('the server answered 403') } }
    expect([answered.status, await answered.json()]).toMatchObject([200, said])
    expect((await one.server.ended).exitCode).toBe(0)
  },
)

test('asked twice, it does not wait', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const one = await serving(data)
  const cluster = await slowCluster(data)
  const { answer } = await slowRequest(one, data, cluster.kubeconfig)
  await cluster.asked
  one.server.kill('SIGTERM')
  while ((await fetch(`${one.health}/readyz`)).status === 200);
  one.server.kill('SIGTERM')
  expect((await one.server.ended).exitCode).toBe(130)
  await expect(answer).rejects.toThrow('fetch failed')
})

test('stopped in the middle of a step, the next start goes on and repeats nothing', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const one = await serving(data, '--simulated', '--speed', '20')
  const client = start('upgrade', 'demo', '--to', '1.31', '--yes', '--data', data)
  await client.printed(/Restarting billing\/ledger/)
  one.server.kill('SIGTERM')
  const { exitCode, err } = await one.server.ended
  expect(exitCode).toBe(0)
  expect(err).not.toMatch(/in time|Failed while stopping/)
  client.kill('SIGINT')
  await client.ended

  await serving(data, '--simulated', '--speed', '100')
  const waited = await run('status', 'demo', '--wait', '--data', data, '--output', 'json')
  expect(JSON.parse(waited.out)).toMatchObject({ step: 'DataPlaneUpgrade', phase: 'Success', state: 'Pending' })
  const { out } = await run('notes', 'demo', '--data', data)
  for (const told of ['Asked to execute DataPlaneUpgrade.', 'Restarting billing/ledger'])
    expect(out.split(told)).toHaveLength(2)
})

test('streams of notes end at once, as streams that can be gone on with', { timeout: patience }, async () => {
  const data = temporaryFolder()
  const one = await serving(data, '--simulated', '--speed', '20')
  const client = start('upgrade', 'demo', '--to', '1.31', '--yes', '--data', data)
  await client.printed(/Restarting shop\/cart/)
  const { project, get } = await administrator(one, data)
  const { items } = (await (await get(`${project}/upgrades`, 'application/json')).json()) as {
    readonly items: readonly { readonly id: string }[]
  }
  const stream = await get(`${project}/upgrades/${items[0]?.id}/notes`, 'text/event-stream')
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  one.server.kill('SIGTERM')
  const told = await stream.text()
  expect(told).toContain('id: 1\nevent: note\n')
  expect(told).not.toContain('event: end')
  const { exitCode, err } = await one.server.ended
  expect(exitCode).toBe(0)
  expect(err).not.toMatch(/in time|Failed while stopping/)
})
