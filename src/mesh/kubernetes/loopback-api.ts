/** For tests of faults: an HTTP server on loopback that answers what a test tells it, and a kubeconfig that points to it. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../lib/clock.ts'
import type { Cluster } from '../cluster.ts'
import { connect } from './connect.ts'
import type { ConnectSettings } from './connect.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Answerer = (asked: Asked, response: ServerResponse) => void

export interface LoopbackApi extends AsyncDisposable {
  readonly url: string
  /** A folder of this test, gone at its end. */
  readonly folder: string
  readonly kubeconfig: string
  readonly requests: readonly Asked[]
  answer: Answerer
  /** The first request that fits, past or still to come. */
  until(fits: (asked: Asked) => boolean): Promise<Asked>
  connect(settings?: Partial<ConnectSettings>): Promise<Cluster>
}

export const token = 'token-that-nobody-may-see'

export async function loopbackApi(): Promise<LoopbackApi> {
  const requests: Asked[] = []
  const waiting: { readonly fits: (asked: Asked) => boolean; readonly resolve: (asked: Asked) => void }[] = []
  const clusters: Cluster[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://loopback')
      const asked = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }
      requests.push(asked)
      for (const { fits, resolve } of waiting) if (fits(asked)) resolve(asked)
      api.answer(asked, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const folder = await mkdtemp(join(tmpdir(), 'loopback-api-'))
  const kubeconfig = join(folder, 'config')
  await writeFile(kubeconfig, kubeconfigFor(url, { token }))

  const api: LoopbackApi = {
    url,
    folder,
    kubeconfig,
    requests,
    answer: (_asked, response) => json(response, 500, {}),
    until(fits) {
      const past = requests.find(fits)
      if (past !== undefined) return Promise.resolve(past)
      return new Promise((resolve) => waiting.push({ fits, resolve }))
    },
    async connect(settings = {}) {
      const log = { debug: () => undefined }
      const { cluster } = await connect({
        name: 'north',
        kubeconfig,
        stateDir: folder,
        clock: quickClock(),
        log,
        ...settings,
      })
      clusters.push(cluster)
      return cluster
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clusters.map((cluster) => cluster.close()))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
  return api
}

/** Stands at `now`; pauses are over at the next turn of the event loop. */
export function quickClock(): Clock & { at: number; readonly pauses: number[] } {
  const pauses: number[] = []
  return {
    at: 1_000_000,
    pauses,
    now() {
      return this.at
    },
    async sleep(ms) {
      pauses.push(ms)
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

export function kubeconfigFor(server: string, user: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
  })
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** A refusal as an API server words it. */
export function refuse(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  json(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code }, headers)
}

export function listOf(resourceVersion: string, items: readonly unknown[], next?: string): unknown {
  return {
    kind: 'List',
    apiVersion: 'v1',
    metadata: { resourceVersion, ...(next !== undefined && { continue: next }) },
    items,
  }
}

export function namespace(
  name: string,
  resourceVersion: string,
  labels: Readonly<Record<string, string>> = {},
): unknown {
  return { metadata: { name, uid: `uid-${name}`, resourceVersion, labels } }
}
