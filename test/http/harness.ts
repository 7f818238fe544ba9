/** A server in this process with parts of its own, and ways to talk to it. */

import type { FastifyInstance } from 'fastify'
import { access } from '../../src/access/access.ts'
import { admit } from '../../src/access/administrator.ts'
import { memoryAccessStore } from '../../src/access/memory.ts'
import type { AccessStore } from '../../src/access/store.ts'
import { client } from '../../src/client/client.ts'
import type { Client } from '../../src/client/client.ts'
import { login } from '../../src/client/login.ts'
import type { Session } from '../../src/client/login.ts'
import type { Fetch } from '../../src/client/transport.ts'
import { fetchFrom } from '../../src/http/in-process.ts'
import type { Parts } from '../../src/http/parts.ts'
import { server } from '../../src/http/server.ts'
import { newId } from '../../src/lib/ids.ts'
import { memoryRegistry } from '../../src/registry/memory.ts'
import { memoryTasks } from '../../src/tasks/memory.ts'
import { checkedFetch } from './checked-fetch.ts'
import { upgradesInMemory } from './upgrades-in-memory.ts'

export const handOut = {
  user: 'admin',
  password: 'a-password-that-must-not-leak',
  domain: 'meshlift',
  projectName: 'default',
  projectId: '0123456789abcdef0123456789abcdef',
}

const start = Date.parse('2026-11-22T10:00:00.250Z')

/** Hashing a password takes long on purpose, so it is done once. */
const administrator = (async () => {
  const store = memoryAccessStore()
  await admit(store, handOut)
  const account = await store.findAccount(handOut.domain, handOut.user)
  if (!account) throw new Error('The administrator was not made.')
  return account
})()

export interface Harness {
  readonly app: FastifyInstance
  readonly parts: Parts
  readonly store: AccessStore
  readonly session: Session
  readonly client: Client
  readonly fetch: Fetch
  /** One request by hand; the body as it is when it is a text. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<{ readonly status: number; readonly headers: Headers; readonly body: Answered }>
  /** Everything that was logged, as text. */
  logged(): string
  tick(ms: number): void
}

/** Whatever came; tests look at what they expect. */
// oxlint-disable-next-line typescript/no-explicit-any
type Answered = any

/** @param change parts that this test brings itself. */
export async function harness(change: (parts: Parts) => Partial<Parts> = () => ({})): Promise<Harness> {
  const store = memoryAccessStore()
  await store.addAccount(await administrator)
  let now = start
  const lines: string[] = []
  const made: Parts = {
    access: access(store),
    registry: memoryRegistry(),
    desk: memoryTasks(),
    upgrades: upgradesInMemory(() => now, newId),
    clusters: {
      test: async (cluster) => ({ cluster: cluster.name, reachable: true, kubernetes: 'v1.35.4', controlPlanes: [] }),
      adopt: async () => ({ version: '1.30.2' }),
    },
    now: () => now,
    newId,
    log: {
      error: ({ requestId, err }, text) => {
        lines.push(`${requestId} ${text} ${err instanceof Error ? (err.stack ?? '') : String(err)}`)
      },
    },
  }
  const parts = { ...made, ...change(made) }
  const app = server(parts)
  const fetch = checkedFetch(fetchFrom(app))
  const where = { baseUrl: 'http://in-process', fetch }
  const session = await login(where, handOut)
  return {
    app,
    parts,
    store,
    session,
    client: client(where, session),
    fetch,
    async ask(method, path, body, headers = {}) {
      const all = { 'x-auth-token': session.token, ...(body === undefined ? {} : json), ...headers }
      const response = await fetch(path.replace('PROJECT', session.projectId), {
        method,
        headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
    },
    logged: () => lines.join('\n'),
    tick: (ms) => {
      now += ms
    },
  }
}

const json = { 'content-type': 'application/json;charset=utf-8' }
