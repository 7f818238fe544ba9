/** Builds the server from its parts; the only file that knows every part. Read it top to bottom. */

import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { admitAtFirstStart, handedOut } from './access/administrator.ts'
import { openAccess } from './access/door.ts'
import { setLostPassword } from './access/lost-password.ts'
import { openSeal } from './access/secrets/seal.ts'
import { accessTables, sealedThings, sqliteAccessStores } from './access/sqlite.ts'
import type { Config } from './config.ts'
import type { HandOut } from './contract/hand-out.ts'
import { readDoors } from './http/doors.ts'
import type { Doors } from './http/doors.ts'
import { fetchFrom } from './http/in-process.ts'
import { listenFailed, urlOf } from './http/listen.ts'
import { server } from './http/server.ts'
import { followCertificate } from './http/tls.ts'
import type { Certificate, CertificateEvent } from './http/tls.ts'
import { systemClock, timestamp } from './lib/clock.ts'
import { newId } from './lib/ids.ts'
import { Problem } from './lib/problem.ts'
import { openDatabase } from './lib/sqlite.ts'
import { rememberingMeshes } from './registry/remembered.ts'
import { registryTables, sqliteRegistry } from './registry/sqlite/registry.ts'
import { taskTables } from './tasks/sqlite/tables.ts'
import { sqliteTasks } from './tasks/sqlite/tasks.ts'
import { createWorker } from './tasks/worker.ts'
import { readRecord, type UpgradeRecord } from './upgrade/record.ts'
import type { Settings } from './upgrade/stage.ts'
import { clusterDoor } from './wiring/cluster-door.ts'
import { connections } from './wiring/connections.ts'
import { upgradeRunner, waker } from './wiring/engine.ts'
import { meshFacts } from './wiring/mesh-facts.ts'
import { readiness } from './wiring/readiness.ts'
import { patience, stop } from './wiring/stop.ts'
import { upgradeDoor } from './wiring/upgrade-door.ts'

export interface OpenServer {
  /** Where it listens; undefined when it was not asked to. */
  readonly url: string | undefined
  /** Where it says how it is; undefined when it was not asked to. */
  readonly healthUrl: string | undefined
  /** Asks it without a network. */
  readonly fetch: ReturnType<typeof fetchFrom>
  /** What admin.json hands out. Throws unauthenticated once its owner has put it away. */
  readonly credentials: HandOut
  /** Without a log-in, for whoever has the folder. `user`: name or id. Throws not-found, invalid. */
  setLostPassword(user: string, password: string): Promise<{ readonly id: string; readonly name: string }>
  /** Within half a minute, whatever is under way. */
  close(): Promise<void>
}

const version = '0.0.0'

export async function openServer(config: Config): Promise<OpenServer> {
  const log = pino({ level: config.logLevel, base: { name: 'meshlift' } }, pino.destination(2))
  // Refused before anything is made. Without an address there is no network, and none of its settings matter.
  const doors = config.listen === undefined ? undefined : await readDoors({ ...config, listen: config.listen })
  for (const risk of doors?.risks ?? []) log.warn({}, risk)
  // Whom we serve lives in real time, whatever the simulation does: tokens and signatures end by it.
  const real = systemClock()

  // What was opened is closed in the opposite order, at the end and when a later part cannot be opened.
  await using opened = new AsyncDisposableStack()

  // One database file; without a data folder everything lives in a folder that goes with the process.
  const data = config.data ?? mkdtempSync(join(tmpdir(), 'meshlift-'))
  mkdirSync(data, { recursive: true, mode: 0o700 })
  if (config.data === undefined) opened.defer(() => rmSync(data, { recursive: true, force: true }))
  const database = await openDatabase(join(data, 'meshlift.db'), [taskTables, registryTables, accessTables])
  opened.defer(() => database.close())
  const registry = rememberingMeshes(sqliteRegistry(database.kysely))
  const kept = sqliteTasks(database.kysely)
  const metrics = doors?.health && (await import('./metrics/metrics.ts')).openMetrics(version)
  const tasks = metrics?.tasks(kept) ?? kept

  // Who may come in.
  const seal = await openSeal(config.keyFile ?? join(data, 'secret.key'), await sealedThings(database.kysely))
  const stores = sqliteAccessStores(database.kysely, { chainKey: seal.derive('audit') })
  const handOut = join(data, 'admin.json')
  await admitAtFirstStart(stores.directory, handOut, real.now())
  // Its owner may have put the file away; nothing in here needs the password.
  const credentials = await handedOut(handOut)
  const access = await openAccess({
    stores,
    seal,
    clock: real,
    settings: { region: config.region, lockAfter: config.lockAfter, lockForMs: config.lockFor },
    warn: (facts, text) => log.warn(facts, text),
  })

  // The simulated mesh brings its own clock: it may run fast.
  const simulated = config.simulated
    ? (await import('./wiring/simulation.ts')).simulation({
        folder: join(data, 'simulation'),
        speed: config.speed,
        seed: config.seed,
      })
    : undefined
  const clock = simulated?.clock ?? real

  const clusters = connections({ clock, simulated, stateDir: config.chartsCache ?? join(data, 'charts'), version, log })
  opened.defer(() => clusters.close())
  const facts = meshFacts({ registry, tasks, connections: clusters, clock })
  const settings: Settings = {
    readyWithinMs: config.readyWithin,
    rolledWithinMs: config.rolledWithin,
    heldAfterMs: config.heldAfter,
    precheckValidMs: config.precheckValid,
    settleMs: config.settle,
  }

  // The heart, run by the worker: one look after another, woken by watches.
  await using running = new AsyncDisposableStack()
  const report = (record: UpgradeRecord, problem: Problem): void =>
    log.warn(
      {
        upgrade: record.id,
        mesh: record.mesh.name,
        stage: record.stage,
        attempt: record.attempts,
        code: problem.code,
        err: problem.kind === 'bug' ? problem : undefined,
      },
      problem.message,
    )
  const looked = async (record: UpgradeRecord): Promise<void> => {
    await facts.touch(record)
    wake.await(record.id, record)
  }
  const run = upgradeRunner({
    store: tasks,
    clock,
    settings,
    meshOf: facts.meshOf,
    outsideOf: facts.outsideOf,
    looked,
    report,
    patience: { clock: real, graceMs: patience.action },
  })
  const ready = readiness(() => kept.nextWake())
  const worker = createWorker({
    store: tasks,
    clock,
    // The exclusive lock on the database makes this process the only one of its data folder.
    owner: data,
    run,
    report: (event) => {
      ready.worker(event)
      metrics?.worker(event)
      log[event.what === 'lease-taken' ? 'info' : 'warn'](
        'problem' in event ? { ...event, problem: event.problem.code, err: event.problem } : event,
        'The worker reports.',
      )
    },
    lot: Math.random,
  })
  running.defer(() => worker.stop())
  const wake = waker({ clock, meshOf: facts.meshOf, nudge: (task) => worker.nudge(task) })
  running.defer(() => wake.stop())

  const lookingDoor = clusterDoor(clusters)
  if (simulated && credentials)
    await simulated.register({ registry, project: credentials.projectId, newId, door: lookingDoor })
  const door = upgradeDoor({ desk: tasks, clock, newId, settings, ...facts })
  const app = server(
    {
      access,
      limits: { requestsPerMinute: config.requestsPerMinute, connections: config.connections },
      registry,
      desk: tasks,
      upgrades: metrics?.upgrades(door) ?? door,
      clusters: lookingDoor,
      now: () => clock.now(),
      newId: () => randomUUID(),
      log,
    },
    {
      ...(doors?.tls ? { https: doors.tls.certificate.context } : {}),
      ...(config.trustedProxies === undefined ? {} : { trustedProxies: config.trustedProxies }),
    },
  )
  metrics?.app(app)
  running.defer(() => app.close())
  await app.ready()
  for (const task of await tasks.list({})) await facts.touch(readRecord(task.state))
  worker.start()

  const renewCertificate = ({ files, certificate }: NonNullable<Doors['tls']>, signal: AbortSignal): Promise<void> => {
    metrics?.certificate(certificate.endsAt)
    const use = ({ context, endsAt }: Certificate): void => {
      // Connections that are open stay as they are.
      ;(app.server as unknown as TlsServer).setSecureContext(context)
      metrics?.certificate(endsAt)
    }
    const told = (event: CertificateEvent): void => {
      if (event.what === 'renewed') log.info({ until: timestamp(event.endsAt) }, 'The certificate is renewed.')
      else if (event.what === 'ending') log.warn({ until: timestamp(event.endsAt) }, event.text)
      else log.error({ code: event.problem.code }, `${event.problem.message} The one from before is still used.`)
    }
    return followCertificate({ files, first: certificate, clock: real, use, report: told }, signal)
  }

  const watched =
    doors?.health &&
    metrics &&
    (await (
      await import('./http/health.ts')
    ).healthListener(doors.health, { ready: (signal) => ready.ready(signal), metrics: metrics.text }))
  if (watched) opened.defer(() => watched.close())
  const url = doors && (await listen(app, doors))
  const renewing = new AbortController()
  const renewed = doors?.tls && renewCertificate(doors.tls, renewing.signal)
  running.move()
  const rest = opened.move()
  let closing: Promise<void> | undefined
  return {
    url,
    healthUrl: watched?.url,
    fetch: fetchFrom(app),
    get credentials() {
      if (credentials) return credentials
      throw new Problem({
        kind: 'unauthenticated',
        code: 'access/no-hand-out',
        text: `${handOut} is not there any more; say who you are with MESHLIFT_USER and MESHLIFT_PASSWORD.`,
      })
    },
    setLostPassword: (user, password) => setLostPassword(access, { user, password, requestId: randomUUID() }),
    close: () => {
      ready.stop()
      renewing.abort()
      closing ??= stop({
        answers: () => app.close(),
        cut: () => app.server.closeAllConnections(),
        work: () => Promise.all([worker.stop(), wake.stop(), renewed]),
        rest: () => rest.disposeAsync(),
        clock: real,
        report: (text) => log.warn({}, text),
      })
      return closing
    },
  }
}

/** Throws unavailable (`http/listen-failed`). */
async function listen(app: FastifyInstance, { address, tls }: Doors): Promise<string> {
  try {
    await app.listen({ host: address.host, port: address.port })
  } catch (thrown) {
    throw listenFailed(address, thrown)
  }
  return urlOf(tls ? 'https' : 'http', address, (app.server.address() as AddressInfo).port)
}
