/** A server in this process with parts of its own, and ways to talk to it. */

import type { FastifyInstance } from 'fastify'
import { admit } from '../../src/access/administrator.ts'
import { openAccess } from '../../src/access/door.ts'
import { memoryAccessStores } from '../../src/access/memory.ts'
import type { AccessStores } from '../../src/access/stores.ts'
import { sealWith } from '../../src/access/secrets/sealing.ts'
import { client } from '../../src/client/client.ts'
import type { Client } from '../../src/client/client.ts'
import { login } from '../../src/client/login.ts'
import type { Session } from '../../src/client/login.ts'
import type { SigningSession } from '../../src/client/signed.ts'
import type { Fetch } from '../../src/client/transport.ts'
import { fetchFrom } from '../../src/http/in-process.ts'
import type { Parts } from '../../src/http/parts.ts'
import { server } from '../../src/http/server.ts'
import type { ServerOptions } from '../../src/http/server.ts'
import { newId } from '../../src/lib/ids.ts'
import type { MeshUpgrade, StepAction, StepName } from '../../src/contract/upgrades.ts'
import type { World } from '../../src/mesh/simulated/world.ts'
import { checkedFetch } from './checked-fetch.ts'
import { heart, memoryStores } from './heart.ts'
import type { Stores } from './heart.ts'

export const handOut = {
  user: 'admin',
  password: 'a-password-that-must-not-leak',
  domain: 'meshlift',
  projectName: 'default',
  projectId: '0123456789abcdef0123456789abcdef',
}

const start = Date.parse('2026-11-22T10:00:00.250Z')

/** Hashing a password takes long on purpose, so it is done once. */
const begun = (async () => {
  const { directory } = memoryAccessStores()
  await admit(directory, handOut, start)
  const made = await directory.read()
  if (!made) throw new Error('The administrator was not made.')
  return made
})()

/** Who may do what, on every resource of one project. */
export interface Somebody {
  readonly name: string
  readonly allow: readonly string[]
  readonly deny?: readonly string[]
  /** Name; a new one is made. The administrator's when absent. */
  readonly project?: string
}

export interface Harness {
  readonly app: FastifyInstance
  readonly parts: Parts
  readonly stores: AccessStores
  readonly session: Session
  readonly client: Client
  readonly fetch: Fetch
  /** One request by hand; the body as it is when it is a text. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<Answered>
  /** A PUT that changes nothing but the step and the action. */
  put(upgrade: string, name: StepName, action: StepAction): Promise<Answered>
  /** Time passes and the worker works until the upgrade shows this; fails after an hour of the test's clock. */
  until(upgrade: string, shows: (shown: MeshUpgrade) => boolean): Promise<MeshUpgrade>
  /** Until it is the caller's turn: done, failed, held or ended. */
  settled(upgrade: string): Promise<MeshUpgrade>
  /** One look of the worker, and the time to the next. */
  round(): Promise<void>
  world(): World
  /** A user who is no administrator, logged in to its project. */
  somebody(who: Somebody): Promise<Session>
  /** A user of another project, who may do everything there. */
  stranger(): Promise<Session>
  /** An access key of the administrator. */
  key(): Promise<SigningSession>
  /** Everything that was logged, as text. */
  logged(): string
  tick(ms: number): void
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  /** Whatever came; tests look at what they expect. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

const hour = 3_600_000

/**
 * @param change parts that this test brings itself
 * @param stores other than those in memory
 */
export async function harness(
  change: (parts: Parts) => Partial<Parts> = () => ({}),
  stores: Stores = memoryStores(),
  options: ServerOptions = {},
): Promise<Harness> {
  const accessStores = memoryAccessStores()
  const { domain, users, projects } = await begun
  await accessStores.directory.write([
    { put: 'domain', row: domain },
    ...[...projects.values()].map((row) => ({ put: 'project', row }) as const),
    ...[...users.values()].map((row) => ({ put: 'user', row }) as const),
  ])
  const beating = heart(newId, stores)
  const { clock } = beating
  const lines: string[] = []
  const access = await openAccess({
    stores: accessStores,
    seal: sealWith(),
    clock,
    settings: { region: 'local', lockAfter: 5, lockForMs: 300_000 },
    warn: (facts, text) => {
      lines.push(`${text} ${JSON.stringify(facts)}`)
    },
  })
  const made: Parts = {
    ...beating.parts,
    access,
    limits: { requestsPerMinute: 0, connections: 1000 },
    now: () => clock.now(),
    newId,
    log: {
      error: ({ requestId, err }, text) => {
        lines.push(`${requestId} ${text} ${err instanceof Error ? (err.stack ?? '') : String(err)}`)
      },
    },
  }
  const parts = { ...made, ...change(made) }
  const app = server(parts, options)
  const fetch = checkedFetch(fetchFrom(app))
  const where = { baseUrl: 'http://in-process', fetch }
  const session = await login(where, handOut)
  const asking = client(where, session)

  const ask: Harness['ask'] = async (method, path, body, headers = {}) => {
    const all = { 'x-auth-token': session.token, ...(body === undefined ? {} : json), ...headers }
    const response = await fetch(path.replace('PROJECT', session.projectId), {
      method,
      headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
  const until: Harness['until'] = async (mesh_upgrade_id, shows) => {
    const deadline = clock.now() + hour
    for (;;) {
      const shown = await asking.getUpgrade({ mesh_upgrade_id })
      if (shows(shown)) return shown
      if (clock.now() > deadline) throw new Error(`This never came: ${String(shows)}. ${JSON.stringify(shown)}`)
      await beating.round()
    }
  }
  const { office } = access
  const somebody: Harness['somebody'] = async ({ name, allow, deny = [], project }) => {
    const made = project === undefined ? undefined : await office.createProject({ name: project })
    const { id } = made ?? { id: handOut.projectId }
    const user = await office.createUser({ name, password: handOut.password })
    const group = await office.createGroup({ name: `group of ${name}` })
    await office.joinGroup(group.id, user.id)
    const statements = [
      { Effect: 'Allow', Action: allow },
      { Effect: 'Deny', Action: deny },
    ].filter(({ Action }) => Action.length > 0)
    const document = { Version: '1.1', Statement: statements }
    if (statements.length > 0) {
      const policy = await office.createPolicy({ name: `policy of ${name}`, document })
      await office.createGrant({ policy: policy.id, group: group.id, project: id })
    }
    return login(where, { ...handOut, user: name, projectId: id })
  }
  return {
    app,
    parts,
    stores: accessStores,
    session,
    client: asking,
    fetch,
    ask,
    async put(mesh_upgrade_id, name, action) {
      const { metadata, spec, kind, apiVersion } = await asking.getUpgrade({ mesh_upgrade_id })
      const body = {
        kind,
        apiVersion,
        metadata: { name: metadata.name },
        spec: { ...spec, currentStep: { name, action } },
      }
      return ask('PUT', `/v1/PROJECT/mesh-upgrade/${mesh_upgrade_id}`, body)
    },
    until,
    settled: (upgrade) => until(upgrade, ({ status }) => !working.includes(status.currentStep.phase)),
    round: () => beating.round(),
    world: () => beating.world(),
    somebody,
    stranger: () => somebody({ name: 'stranger', allow: ['asm:*:*', 'meshlift:*:*'], project: 'elsewhere' }),
    async key() {
      const [user = ''] = users.keys()
      const { access: accessKey, secret: secretKey } = await office.createKey({ user })
      return { accessKey, secretKey, projectId: handOut.projectId, now: () => clock.now() }
    },
    logged: () => lines.join('\n'),
    tick: (ms) => clock.advance(ms),
  }
}

const working: readonly string[] = ['Init', 'Queuing', 'Running']
const json = { 'content-type': 'application/json;charset=utf-8' }
