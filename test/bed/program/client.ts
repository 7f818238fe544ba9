// A client of the documented API in as few lines as it takes. Written from the documents; imports nothing of the program.
import type { HandOut } from './serve.ts'

export interface Reply<T = unknown> {
  readonly status: number
  readonly body: T
}

export interface MeshUpgrade {
  readonly kind: 'MeshUpgrade'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly name: string; readonly uid: string }
  readonly spec: {
    readonly meshId: string
    readonly upgradeStrategy: string
    readonly targetVersion: string
    readonly targetType: string
    readonly currentStep: { readonly name: string; readonly action: string }
  }
  readonly status: { readonly state: string; readonly currentStep: { readonly id: string; readonly phase: string } }
}

export interface Job {
  readonly metadata: { readonly uid: string }
  readonly spec: { readonly type: string; readonly resourceName?: string; readonly subjobs?: readonly Job[] }
  readonly status: { readonly phase: string; readonly reason: string }
}

export type Ask = <T = unknown>(method: string, path: string, body?: unknown) => Promise<Reply<T>>

export interface Client {
  /** Documented routes: `path` is what follows `/v1/{project_id}`. */
  readonly asm: Ask
  /** The project's own: what follows `/meshlift/v1/{project_id}`. */
  readonly own: Ask
}

export async function logIn(
  url: string,
  { user, password, domain, projectName, projectId }: HandOut,
  signal: AbortSignal,
): Promise<Client> {
  const json = { 'content-type': 'application/json' }
  const identity = { methods: ['password'], password: { user: { name: user, password, domain: { name: domain } } } }
  const auth = JSON.stringify({ auth: { identity, scope: { project: { name: projectName } } } })
  const answer = await fetch(`${url}/v3/auth/tokens`, { method: 'POST', headers: json, body: auth, signal })
  const token = answer.headers.get('x-subject-token')
  if (answer.status !== 201 || token === null) throw new Error(`log in: ${answer.status} ${await answer.text()}`)
  const below =
    (prefix: string): Ask =>
    async <T>(method: string, path: string, body?: unknown): Promise<Reply<T>> => {
      const headers = { 'x-auth-token': token, ...(body === undefined ? {} : json) }
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const reply = await fetch(`${url}${prefix}/${projectId}${path}`, { method, headers, signal, ...sent })
      const text = await reply.text()
      return { status: reply.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
    }
  return { asm: below('/v1'), own: below('/meshlift/v1') }
}
