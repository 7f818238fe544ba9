/**
 * Thousands of requests, good and bad, against the whole program on real sockets.
 *
 * `node test/abuse/run.ts [--requests 200000] [--seed 1]` prints the report.
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { HandOut } from '../../src/contract/hand-out.ts'
import { apiOf } from './api.ts'
import type { Api, Operation } from './api.ts'
import { signatureHeaders } from '../../src/client/signed.ts'
import type { SigningSession } from '../../src/client/signed.ts'
import { bent } from './bent.ts'
import { child } from './child.ts'
import { dice } from './dice.ts'
import { known, learn } from './known.ts'
import type { Json, Kind } from './known.ts'
import { raws } from './raw.ts'
import { bytesOf, requestOf } from './request.ts'
import type { Identity, Request } from './request.ts'
import { session } from './session.ts'
import type { Session } from './session.ts'
import { differences, sweep } from './sweep.ts'
import { valid } from './valid.ts'
import type { World } from './valid.ts'
import { wire } from './wire.ts'

export interface Plan {
  readonly seed: number
  /** Counted. */
  readonly requests: number
  /** Before them, not counted: what the program makes once and keeps is made then. */
  readonly warmUp: number
}

export interface Report {
  readonly seed: number
  readonly sent: number
  readonly succeeded: number
  /** Successes, for every operation that there is. */
  readonly byOperation: Readonly<Record<string, number>>
  readonly byStatus: Readonly<Record<string, number>>
  /** Good ones that were refused, by operation and reason. */
  readonly refused: Readonly<Record<string, number>>
  /** The first of them, in words: answers of 5xx, none in time, too many, or none that fits the contract. */
  readonly faults: readonly string[]
  /** At the end, and once more after the server was closed and opened. */
  readonly differences: readonly string[]
  readonly audit: { readonly intact: boolean; readonly missing: number; readonly extra: number }
  /** Of the database, once it is closed; `ok`. */
  readonly integrity: string
  readonly heapBefore: number
  readonly heapAfter: number
  readonly connectionsLeft: number
  readonly slowestMs: number
  readonly closedInMs: number
  readonly logged: string
  readonly tookMs: number
}

const workers = 8
/** Memory where there is a folder of it: each write of the program waits for the disk, and a disk is not what is tried. */
const fastest = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const deadlineMs = 20_000

export async function abuse({ seed, requests, warmUp }: Plan): Promise<Report> {
  const from = performance.now()
  const folder = mkdtempSync(join(fastest, 'meshlift-abuse-'))
  try {
    const server = await child(folder)
    const authority = `${server.host}:${server.port}`
    const wires = wire(server.host, server.port, deadlineMs)
    const asked = { method: 'GET', target: '/openapi.json', headers: [], body: undefined }
    const description = await wires.send(bytesOf(asked, authority), 'GET')
    if (typeof description === 'string') throw new Error(`The description was not answered: ${description}.`)
    const api = apiOf(description.text)
    const talk = session(wires, authority, api.operations)
    const { world, admin, reader, get } = await opened(talk, api, server.credentials)
    const before = await sweep(get, world.home)
    for (const mesh of before.mesh.values())
      world.known.made('mesh', mesh.metadata.uid, world.home, { value: mesh, from: 0, to: 0 })
    const all = { ...before, mesh: new Map<string, Json>() }

    const crowd = (count: number, first: number): Promise<unknown> => {
      const until = talk.seen.sent + count
      const going = (): boolean => talk.seen.sent < until
      return Promise.all(
        Array.from({ length: workers }, (_, index) =>
          work(talk, { ...world, dice: dice(first + index) }, admin, reader, going),
        ),
      )
    }
    await crowd(warmUp, seed * 1000 + 500)
    const heapBefore = await server.heap()
    const warm = { ...talk.seen, byOperation: new Map(talk.seen.byOperation), byStatus: new Map(talk.seen.byStatus) }
    await crowd(requests, seed * 1000)
    const { seen } = talk
    const counted = { sent: seen.sent - warm.sent, succeeded: seen.succeeded - warm.succeeded }
    const byOperation = Object.fromEntries(
      api.operations.map(({ id }) => [id, (seen.byOperation.get(id) ?? 0) - (warm.byOperation.get(id) ?? 0)]),
    )
    const byStatus = Object.fromEntries(
      [...seen.byStatus].map(([status, count]) => [status, count - (warm.byStatus.get(status) ?? 0)]),
    )

    const written = new Set(seen.written)
    const found = differences(all, world.known, await sweep(get, world.home))
    const audit = await auditOf(get, written)
    const heapAfter = await server.heap()
    wires.close()
    const connectionsLeft = await quiet(() => server.connections())
    const closedInMs = await server.close()
    const integrity = integrityOf(join(folder, 'meshlift.db'))

    const again = await child(folder)
    const later = wire(again.host, again.port, deadlineMs)
    const asking = session(later, `${again.host}:${again.port}`, api.operations)
    const kept = differences(all, world.known, await sweep(getter(asking, admin.key), world.home))
    later.close()
    await again.close()
    return {
      seed,
      ...counted,
      byOperation,
      byStatus,
      refused: Object.fromEntries(seen.refused),
      faults: [...seen.faults, ...asking.seen.faults],
      differences: [...found, ...kept.map((one) => `Opened again: ${one}`)],
      audit,
      integrity,
      heapBefore,
      heapAfter,
      connectionsLeft,
      slowestMs: seen.slowestMs,
      closedInMs,
      logged: server.logged() + again.logged(),
      tookMs: performance.now() - from,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Opened {
  readonly world: Omit<World, 'dice'>
  readonly admin: Identity
  readonly reader: Identity
  readonly get: (path: string) => Promise<Json>
}

/** Signed: a key is for every project, a token for one. */
const getter =
  (talk: Session, key: SigningSession) =>
  async (target: string): Promise<Json> => {
    const projectId = /[0-9a-f]{32}/.exec(target)?.[0] ?? key.projectId
    const headers = Object.entries(signatureHeaders({ ...key, projectId }, { method: 'GET', target, body: '' }))
    const answer = await talk.send({ method: 'GET', target, headers, body: undefined }, 'looking')
    if (answer?.body === undefined) throw new Error(`GET ${target} was answered ${answer?.status}: ${answer?.text}`)
    return answer.body
  }

/** An administrator, and somebody who may read meshes; both with a token and a key. Nothing of theirs is ever changed. */
async function opened(talk: Session, api: Api, { user, password, domain, projectId }: HandOut): Promise<Opened> {
  const loginOf = (name: string): Json => ({
    auth: {
      identity: { methods: ['password'], password: { user: { name, password, domain: { name: domain } } } },
      scope: { project: { id: projectId } },
    },
  })
  const post = async (target: string, body: Json, token?: string) => {
    const headers = [
      ['content-type', 'application/json'] as const,
      ...(token === undefined ? [] : [['x-auth-token', token] as const]),
    ]
    const answer = await talk.send(
      { method: 'POST', target, headers, body: Buffer.from(JSON.stringify(body)) },
      'beginning',
    )
    if (answer?.body === undefined) throw new Error(`POST ${target} was answered ${answer?.status}: ${answer?.text}`)
    return answer
  }
  const tokenOf = async (name: string): Promise<string> =>
    (await post('/v3/auth/tokens', loginOf(name))).headers.get('x-subject-token') ?? ''
  const token = await tokenOf(user)
  const iam = '/meshlift/v1/iam'
  const keyOf = async (id: string): Promise<SigningSession> => {
    const { access, secret } = (await post(`${iam}/keys`, { user: id }, token)).body
    return { accessKey: access, secretKey: secret, projectId, now: Date.now }
  }
  const document = { Version: '5.0', Statement: [{ Effect: 'Allow', Action: ['asm:mesh:get', 'asm:mesh:list'] }] }
  const reading = (await post(`${iam}/policies`, { name: 'reading', document }, token)).body
  const somebody = (await post(`${iam}/users`, { name: 'reader', password }, token)).body
  await post(`${iam}/grants`, { policy: reading.id, user: somebody.id }, token)
  const own = await talk.send(
    {
      method: 'GET',
      target: '/v3/auth/tokens',
      headers: [
        ['x-auth-token', token],
        ['x-subject-token', token],
      ],
      body: undefined,
    },
    'beginning',
  )
  const admin = { token, key: await keyOf(own?.body.token.user.id) }
  const reader = { key: await keyOf(somebody.id), token: await tokenOf('reader') }
  const get = getter(talk, admin.key)
  let names = 0
  const world = {
    api,
    known: known(),
    fresh: () => `name-${(names += 1)}`,
    home: projectId,
    cluster: (await get(`/meshlift/v1/${projectId}/clusters`)).items[0].id as string,
    login: loginOf(user),
    token,
    described: new Map<string, Json>(),
  }
  return { world, admin, reader, get }
}

/** Cards of an operation in the pack: those that cost much have few. */
const cards: Readonly<Record<string, number>> = {
  verifyAudit: 2,
  createToken: 8,
  createUser: 50,
  CreateCanaryUpgrade: 60,
  CreateMesh: 60,
  DeleteMesh: 12,
  UpdateCanaryUpgrade: 120,
}
const usual = 40
/** Of what removes: so there is something of every kind at the end, and most of it has been changed. */
const seldom = 16
/** More of a kind than this are not made: lists stay short. */
const most = 20

const counterparts: Readonly<Record<string, readonly [Kind, string]>> = {
  createUser: ['user', 'removeUser'],
  createGroup: ['group', 'removeGroup'],
  createProject: ['project', 'removeProject'],
  createEnterpriseProject: ['enterprise project', 'removeEnterpriseProject'],
  createKey: ['key', 'removeKey'],
  createPolicy: ['policy', 'removePolicy'],
  createGrant: ['grant', 'removeGrant'],
  addCluster: ['cluster', 'removeCluster'],
  CreateCanaryUpgrade: ['upgrade', 'DeleteCanaryUpgrade'],
}

async function work(
  talk: Session,
  world: World,
  admin: Identity,
  reader: Identity,
  going: () => boolean,
): Promise<void> {
  const { api, dice: own, known: things, home, described } = world
  const byId = new Map(api.operations.map((operation) => [operation.id, operation]))
  const pack = api.operations.flatMap((operation) =>
    Array.from(
      { length: cards[operation.id] ?? (operation.id.startsWith('remove') ? seldom : usual) },
      () => operation,
    ),
  )
  const ids = (): readonly string[] =>
    (['user', 'group', 'project', 'key', 'policy', 'grant', 'upgrade'] as const).flatMap((kind) =>
      things.of(kind).map(({ id }) => id),
    )

  const heard = async (request: Request, how: string): Promise<void> => {
    const answer = await talk.send(request, how)
    if (!answer?.body || !answer.operation || answer.status === 304) return
    // A mark before the text and white space alone are taken by some and are no JSON to others.
    const sent = (): Json => JSON.parse(new TextDecoder().decode(request.body))
    const { operation, project, body, from, to } = answer
    learn(things, operation.id, { project, sent, answer: body, from, to })
    if (Array.isArray(answer.body.accepts)) {
      described.set(answer.body.id, answer.body)
      const upgrade = things.of('upgrade').find(({ id }) => id === answer.body.id)
      if (upgrade) upgrade.value = { ...upgrade.value, status: { ...upgrade.value.status, state: answer.body.state } }
    }
  }
  const describe = async (): Promise<void> => {
    const operation = byId.get('describeUpgrade')
    const asked = operation && valid(operation, world)
    if (asked) await heard(requestOf(asked, admin, false), 'good')
  }
  const drawn = (): Operation => {
    const operation = own.pick(pack)
    const [kind, remove] = counterparts[operation.id] ?? []
    return (kind !== undefined && things.of(kind).length > most ? byId.get(remove ?? '') : undefined) ?? operation
  }

  while (going()) {
    if (own.chance(0.01)) {
      const [how, text] = own.pick(Object.entries(raws))
      const path = `/v1/${home}/meshes`
      const raw = text(path, admin.token)
      await talk.sendRaw(raw, raw.startsWith('POST') ? 'POST' : 'GET', path, how)
      continue
    }
    const operation = drawn()
    if (/CanaryUpgrade$|^abandon/.test(operation.id)) await describe()
    const asked = valid(operation, world)
    if (!asked) continue
    const request = requestOf(asked, own.chance(0.06) ? reader : admin, own.chance(0.3))
    if (own.chance(0.55)) {
      await heard(request, `good ${operation.id}`)
      if (own.chance(0.03) && !operation.looks && request.headers.some(([name]) => name === 'authorization'))
        await twice(talk, request)
    } else {
      const one = bent(request, own, ids())
      await heard(one.request, one.how)
    }
  }
}

/** A signed write again: whatever was answered then, nothing is done now. */
async function twice(talk: Session, request: Request): Promise<void> {
  const answer = await talk.send(request, 'the same again')
  if (answer && answer.status < 400 && !answer.headers.has('x-meshlift-replayed'))
    talk.fault('the same again', `It was done twice: ${request.method} ${request.target}`)
}

/** Whether the log is whole, and says of the same requests as the answers that they succeeded. */
async function auditOf(get: (path: string) => Promise<Json>, written: ReadonlySet<string>): Promise<Report['audit']> {
  const path = '/meshlift/v1/iam/audit'
  const { intact } = await get(`${path}/verification`)
  const logged = new Set<string>()
  for (let after = 0; ;) {
    const items: readonly Json[] = (await get(`${path}?limit=1000&after=${after}`)).items
    for (const { kind, status, operation, requestId } of items)
      if (kind === 'answered' && status < 400 && operation !== 'checkToken') logged.add(requestId)
    if (items.length === 0) break
    after = items.at(-1).number
  }
  return {
    intact,
    missing: [...written].filter((id) => !logged.has(id)).length,
    extra: [...logged].filter((id) => !written.has(id)).length,
  }
}

/** Connections that are open when all of ours are closed; asked again while they end. */
async function quiet(connections: () => Promise<number>): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) if ((await connections()) === 0) return 0
  return connections()
}

function integrityOf(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return String(Object.values(database.prepare('pragma integrity_check').get() ?? {})[0])
  } finally {
    database.close()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: { requests: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' } },
  })
  const report = await abuse({ seed: Number(values.seed), requests: Number(values.requests), warmUp: 5000 })
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
}
