/** Builds the server from its parts; the only file that knows every part. Read it top to bottom. */

import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { access } from './access/access.ts'
import { admitAtFirstStart, handedOut } from './access/administrator.ts'
import { accessTables, sqliteAccessStore } from './access/sqlite.ts'
import type { Config } from './config.ts'
import type { HandOut } from './contract/hand-out.ts'
import { fetchFrom } from './http/in-process.ts'
import { loopbackAddress } from './http/listen.ts'
import { server } from './http/server.ts'
import { systemClock } from './lib/clock.ts'
import { newId } from './lib/ids.ts'
import { Problem } from './lib/problem.ts'
import { openDatabase } from './lib/sqlite.ts'
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
import { upgradeDoor } from './wiring/upgrade-door.ts'

export interface OpenServer {
  /** Where it listens; undefined when it was not asked to. */
  readonly url: string | undefined
  /** Asks it without a network. */
  readonly fetch: ReturnType<typeof fetchFrom>
  /** What admin.json hands out. Throws unauthenticated once its owner has put it away. */
  readonly credentials: HandOut
  close(): Promise<void>
}

const version = '0.0.0'

export async function openServer(config: Config): Promise<OpenServer> {
  const address = config.listen === undefined ? undefined : loopbackAddress(config.listen)
  const log = pino({ level: config.logLevel, base: { name: 'meshlift' } }, pino.destination(2))
  // What was opened is closed in the opposite order, at the end and when a later part cannot be opened.
  await using opened = new AsyncDisposableStack()

  // One database file; without a data folder everything lives in a folder that goes with the process.
  const data = config.data ?? mkdtempSync(join(tmpdir(), 'meshlift-'))
  mkdirSync(data, { recursive: true, mode: 0o700 })
  if (config.data === undefined) opened.defer(() => rmSync(data, { recursive: true, force: true }))
  const database = await openDatabase(join(data, 'meshlift.db'), [taskTables, registryTables, accessTables])
  opened.defer(() => database.close())
  const tasks = sqliteTasks(database.kysely)
  const registry = sqliteRegistry(database.kysely)
  const accounts = sqliteAccessStore(database.kysely)
  const handOut = join(data, 'admin.json')
  await admitAtFirstStart(accounts, handOut)
  // Its owner may have put the file away; nothing in here needs the password.
  const credentials = await handedOut(handOut)

  // The simulated mesh brings its own clock: it may run fast.
  const simulated = config.simulated
    ? (await import('./wiring/simulation.ts')).simulation({
        folder: join(data, 'simulation'),
        speed: config.speed,
        seed: config.seed,
      })
    : undefined
  const clock = simulated?.clock ?? systemClock()

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
  })
  const worker = createWorker({
    store: tasks,
    clock,
    // The exclusive lock on the database makes this process the only one of its data folder.
    owner: data,
    run,
    report: (event) =>
      log[event.what === 'lease-taken' ? 'info' : 'warn'](
        'problem' in event ? { ...event, problem: event.problem.code, err: event.problem } : event,
        'The worker reports.',
      ),
    lot: Math.random,
  })
  opened.defer(() => worker.stop())
  const wake = waker({ clock, meshOf: facts.meshOf, nudge: (task) => worker.nudge(task) })
  opened.defer(() => wake.stop())

  const lookingDoor = clusterDoor(clusters)
  if (simulated && credentials)
    await simulated.register({ registry, project: credentials.projectId, newId, door: lookingDoor })
  const door = upgradeDoor({ desk: tasks, clock, newId, settings, ...facts })
  const app = server({
    access: access(accounts),
    registry,
    desk: tasks,
    upgrades: door,
    clusters: lookingDoor,
    now: () => clock.now(),
    newId: () => randomUUID(),
    log,
  })
  opened.defer(() => app.close())
  await app.ready()
  for (const task of await tasks.list({})) await facts.touch(readRecord(task.state))
  worker.start()
  const url = address && (await app.listen(address))

  const open = opened.move()
  return {
    url,
    fetch: fetchFrom(app),
    get credentials() {
      if (credentials) return credentials
      throw new Problem({
        kind: 'unauthenticated',
        code: 'access/no-hand-out',
        text: `${handOut} is not there any more; say who you are with MESHLIFT_USER and MESHLIFT_PASSWORD.`,
      })
    },
    close: () => open.disposeAsync(),
  }
}
