// A client of the documented API in as few lines as it takes. Written from the documents; imports nothing of the program.
import type { HandOut } from './serve.ts'
import { signed } from './signing.ts'
import type { AccessKey, Unsigned } from './signing.ts'

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
  /** Routes outside of projects: the whole path. */
  readonly at: Ask
  /** What nobody else may learn, by what it is. */
  readonly secrets: Readonly<Record<string, string>>
}

/** Headers that say who asks. */
type Proof = (request: Unsigned) => Readonly<Record<string, string>>

const json = { 'content-type': 'application/json' }

/** With a password for a token, which every request then carries. */
export async function logIn(
  url: string,
  { user, password, domain, projectName, projectId }: HandOut,
  signal: AbortSignal,
): Promise<Client> {
  const identity = { methods: ['password'], password: { user: { name: user, password, domain: { name: domain } } } }
  const auth = JSON.stringify({ auth: { identity, scope: { project: { name: projectName } } } })
  const answer = await fetch(`${url}/v3/auth/tokens`, { method: 'POST', headers: json, body: auth, signal })
  const token = answer.headers.get('x-subject-token')
  if (answer.status !== 201 || token === null) throw new Error(`log in: ${answer.status} ${await answer.text()}`)
  const secrets = { 'a password': password, 'a token': token }
  return { ...asking(url, projectId, signal, () => ({ 'x-auth-token': token })), secrets }
}

/** Every request is signed; there is no log-in. */
export function withKey(url: string, projectId: string, key: AccessKey, signal: AbortSignal): Client {
  const { secret, securityToken } = key
  const secrets = {
    [securityToken === undefined ? 'a secret key' : 'a temporary secret key']: secret,
    ...(securityToken === undefined ? {} : { 'a security token': securityToken }),
  }
  return { ...asking(url, projectId, signal, (request) => signed(key, projectId, request)), secrets }
}

function asking(url: string, projectId: string, signal: AbortSignal, prove: Proof): Omit<Client, 'secrets'> {
  const at: Ask = async <T>(method: string, target: string, given?: unknown): Promise<Reply<T>> => {
    const body = given === undefined ? '' : JSON.stringify(given)
    const headers = { ...prove({ method, target, body }), ...(body === '' ? {} : json) }
    const reply = await fetch(`${url}${target}`, { method, headers, signal, ...(body === '' ? {} : { body }) })
    const text = await reply.text()
    return { status: reply.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }
  const below =
    (prefix: string): Ask =>
    (method, path, given) =>
      at(method, `${prefix}/${projectId}${path}`, given)
  return { at, asm: below('/v1'), own: below('/meshlift/v1') }
}
