// The stories' own way to the API server: as administrator, over HTTPS, and with nothing of the program under test in it.
import { readFileSync } from 'node:fs'
import { Agent, request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import type { ClientName } from './control/pki.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** How a PATCH body is meant. */
export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply'

const patchTypes: Readonly<Record<PatchKind, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

export class ApiError extends Error {
  readonly status: number
  constructor(method: Method, path: string, answer: Answer) {
    super(`${method} ${path}: ${answer.status} ${messageOf(answer)}`)
    this.status = answer.status
  }
}

/** The message of a Kubernetes Status, or of any other error body. */
export function messageOf(answer: Answer): string {
  const { body } = answer
  if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message)
  return typeof body === 'string' ? body.slice(0, 300) : ''
}

/** What all Kubernetes objects have. Readers name the rest they need as `KubeObject<{ spec: ... }>`. */
export type KubeObject<More = unknown> = More & {
  readonly kind?: string
  readonly apiVersion?: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
    readonly deletionGracePeriodSeconds?: number
    readonly managedFields?: readonly { readonly manager: string; readonly operation: string }[]
  }
}

export interface Cluster {
  /** Any request, any answer: for those who want to see a refusal. */
  ask(method: Method, path: string, body?: unknown, patch?: PatchKind): Promise<Answer>
  get<T = KubeObject>(path: string): Promise<T>
  /** As `get`, but undefined where nothing is. */
  find<T = KubeObject>(path: string): Promise<T | undefined>
  list<T = KubeObject>(path: string): Promise<readonly T[]>
  create<T = KubeObject>(path: string, body: unknown): Promise<T>
  patch<T = KubeObject>(path: string, body: unknown, kind: PatchKind): Promise<T>
  /** Nothing there to delete is fine. */
  remove(path: string): Promise<void>
  close(): void
}

export interface Access {
  readonly pki: string
  readonly as: ClientName
  readonly signal: AbortSignal
}

export function connect({ pki, as, signal }: Access): Cluster {
  const agent = new Agent({
    keepAlive: true,
    ca: readFileSync(join(pki, 'ca.crt')),
    cert: readFileSync(join(pki, `${as}.crt`)),
    key: readFileSync(join(pki, `${as}.key`)),
  })

  const ask: Cluster['ask'] = (method, path, body, patch) =>
    new Promise((resolve, reject) => {
      const type = method === 'PATCH' ? patchTypes[patch ?? 'merge'] : 'application/json'
      const headers = { 'user-agent': `bed-${as}`, ...(body === undefined ? {} : { 'content-type': type }) }
      const options = { host: '127.0.0.1', port: 6443, agent, method, path, headers, signal, timeout: 30_000 }
      const outgoing = httpsRequest(options, (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        incoming.on('error', reject)
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: parse(text) }))
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer within 30 s`)))
      outgoing.on('error', reject)
      outgoing.end(body === undefined ? undefined : JSON.stringify(body))
    })

  const must = async (method: Method, path: string, body?: unknown, patch?: PatchKind): Promise<unknown> => {
    const answer = await ask(method, path, body, patch)
    if (answer.status >= 300) throw new ApiError(method, path, answer)
    return answer.body
  }

  return {
    ask,
    get: async <T>(path: string) => (await must('GET', path)) as T,
    async find<T>(path: string) {
      const answer = await ask('GET', path)
      if (answer.status === 404) return undefined
      if (answer.status >= 300) throw new ApiError('GET', path, answer)
      return answer.body as T
    },
    list: async <T>(path: string) => ((await must('GET', path)) as { readonly items: readonly T[] }).items,
    create: async <T>(path: string, body: unknown) => (await must('POST', path, body)) as T,
    patch: async <T>(path: string, body: unknown, kind: PatchKind) => (await must('PATCH', path, body, kind)) as T,
    async remove(path) {
      const answer = await ask('DELETE', path)
      if (answer.status >= 300 && answer.status !== 404) throw new ApiError('DELETE', path, answer)
    },
    close: () => agent.destroy(),
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text // /readyz and the like answer plain words
  }
}
