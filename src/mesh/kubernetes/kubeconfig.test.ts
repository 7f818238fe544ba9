import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { json, kubeconfigFor, loopbackApi, quickClock } from './loopback-api.ts'
import type { LoopbackApi } from './loopback-api.ts'

const { signal } = new AbortController()
const secret = 'c2VjcmV0LW9mLXRoZS1maWxl'

/** What using the cluster says when its kubeconfig has this text. */
async function said(api: LoopbackApi, text: string | undefined, context?: string): Promise<string> {
  if (text === undefined) await rm(api.kubeconfig)
  else await writeFile(api.kubeconfig, text)
  const cluster = await api.connect(context === undefined ? {} : { context })
  const problem = await cluster.version(signal).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(problem).toMatchObject({ kind: 'unavailable', code: 'kubernetes/kubeconfig' })
  const message = (problem as Error).message
  expect(message).toMatch(/^Cluster north cannot be reached: .*Put it right; it is looked at again at the next try\.$/)
  expect(JSON.stringify([message, (problem as Error).stack, (problem as Error).cause])).not.toContain(secret)
  return message
}

test('a kubeconfig that is missing, unreadable or wrong is said in a sentence without its content', async () => {
  await using api = await loopbackApi()
  const good = kubeconfigFor(api.url, { token: secret })
  expect(await said(api, `{ ${secret}: [`)).toContain('is not a kubeconfig')
  expect(await said(api, secret)).toContain('has no current context')
  expect(await said(api, good, 'elsewhere')).toContain('has no context elsewhere')
  expect(await said(api, good.replace('"current-context":"here",', ''))).toContain('has no current context')
  expect(await said(api, good.replace('"cluster":"c"', '"cluster":"d"'))).toContain(
    'names a cluster that is not in the file',
  )
  expect(await said(api, kubeconfigFor(secret, {}))).toContain('is no address')
  expect(await said(api, good.replace('"insecure-skip-tls-verify":true', '"x":1'))).toContain('plain http')
  expect(await said(api, kubeconfigFor(api.url, { 'client-certificate': '/no/such/file' }))).toContain(
    'the login of its kubeconfig does not work',
  )
  expect(await said(api, undefined)).toContain('is not there or not readable')
  expect(api.requests).toEqual([])
})

test('a kubeconfig that points nowhere, or to a name that is none, names the cluster', async () => {
  await using api = await loopbackApi()
  await using gone = await loopbackApi()
  const { url } = gone
  await gone[Symbol.asyncDispose]()
  await writeFile(api.kubeconfig, kubeconfigFor(url, {}))
  const cluster = await api.connect()
  await expect(cluster.version(signal)).rejects.toThrow(
    'Cluster north cannot be reached: get /version: nothing listens at the address of its kubeconfig.',
  )
})

test('it heals by itself when the file is put right', async () => {
  await using api = await loopbackApi()
  api.answer = (_asked, response) => json(response, 200, { gitVersion: 'v1.35.4' })
  const aside = `${api.kubeconfig}.aside`
  await rename(api.kubeconfig, aside)
  const cluster = await api.connect()
  await expect(cluster.version(signal)).rejects.toThrow('is not there')
  await rename(aside, api.kubeconfig)
  expect(await cluster.version(signal)).toBe('v1.35.4')
})

test('another address or token in the file is taken up without a restart', async () => {
  await using old = await loopbackApi()
  await using moved = await loopbackApi()
  old.answer = moved.answer = (_asked, response) => json(response, 200, { gitVersion: 'v1.35.4' })
  const clock = quickClock()
  const cluster = await old.connect({ clock })
  await cluster.version(signal)
  await writeFile(old.kubeconfig, kubeconfigFor(moved.url, { token: 'second' }))
  clock.at += 6_000
  await cluster.version(signal)
  expect(old.requests).toHaveLength(1)
  expect(moved.requests[0]?.headers.authorization).toBe('Bearer second')
})

test('tokens come from a login command, and from a token file beside the kubeconfig', async () => {
  await using api = await loopbackApi()
  api.answer = (_asked, response) => json(response, 200, { gitVersion: 'v1.35.4' })
  const credential = JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: 'client.authentication.k8s.io/v1',
    status: { token: 'from-command' },
  })
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'echo',
    args: [credential],
    interactiveMode: 'Never',
  }
  await writeFile(api.kubeconfig, kubeconfigFor(api.url, { exec }))
  await (await api.connect()).version(signal)
  await mkdir(join(api.folder, 'tokens'))
  await writeFile(join(api.folder, 'tokens', 't'), 'from-file\n')
  await writeFile(api.kubeconfig, kubeconfigFor(api.url, { tokenFile: 'tokens/t' }))
  await (await api.connect()).version(signal)
  expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer from-command', 'Bearer from-file'])
})

test('what a failing login command prints is not told', async () => {
  await using api = await loopbackApi()
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sh',
    args: ['-c', `echo ${secret} >&2; exit 1`],
  }
  expect(await said(api, kubeconfigFor(api.url, { exec }))).toContain('the login of its kubeconfig does not work')
})

test('stopping does not wait for a login command that hangs', async () => {
  await using api = await loopbackApi()
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', 'read line'] }
  await writeFile(api.kubeconfig, kubeconfigFor(api.url, { exec }))
  const stop = new AbortController()
  const cluster = await api.connect()
  const asked = cluster.version(stop.signal)
  setImmediate(() => stop.abort())
  await expect(asked).rejects.toMatchObject({ kind: 'aborted' })
})
