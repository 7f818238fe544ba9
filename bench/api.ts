// How fast the two GETs are: this program against a bare server of the same framework that knows its callers in the same
// way and answers the same bytes from memory. Both run, each as a process of its own; the load goes to one at a time, and
// both take turns, so that what else the machine does falls on both. The time that each spends on a CPU says the same
// thing without what else the machine does.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { client } from '../src/client/client.ts'
import { login } from '../src/client/login.ts'
import { signatureHeaders } from '../src/client/signed.ts'
import type { HandOut } from '../src/contract/hand-out.ts'
import { systemClock } from '../src/lib/clock.ts'
import { fillJob } from './fill-job.ts'
import { median } from './figure.ts'
import type { Figure } from './figure.ts'
import { computedBy } from './usage.ts'

const launcher = fileURLToPath(new URL('../bin/meshlift.js', import.meta.url))
const bareServer = fileURLToPath(new URL('bare-server.ts', import.meta.url))
const subjobs = 500

interface Running {
  readonly child: ChildProcess
  readonly url: string
}

async function start(argv: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  let seen = ''
  for await (const piece of child.stdout ?? []) {
    seen += String(piece)
    const url = /Listening on (\S+?)\.?\s/.exec(seen)?.[1]
    if (url !== undefined) {
      child.stdout?.resume()
      return { child, url }
    }
  }
  throw new Error(`It ended without listening: ${seen}`)
}

async function end({ child }: Running): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** @param speed of the simulated mesh and of the worker that watches it: at 1 it costs what it costs anywhere */
const serve = (data: string, speed = 1): Promise<Running> =>
  start([
    launcher,
    'serve',
    '--data',
    data,
    '--listen',
    '127.0.0.1:0',
    '--simulated',
    '--log-level',
    'error',
    '--requests-per-minute',
    '0',
    '--speed',
    String(speed),
  ])

interface Prepared {
  readonly projectId: string
  readonly upgrade: string
  readonly job: string
}

/** An upgrade that is in the caller's hands after PreCheck, and a job of it with 500 subjobs. */
async function prepare(data: string): Promise<Prepared> {
  const first = await serve(data, 100)
  const who = JSON.parse(await readFile(join(data, 'admin.json'), 'utf8')) as HandOut
  const where = { baseUrl: first.url, fetch }
  const session = await login(where, who)
  const asking = client(where, session)
  const [mesh] = (await asking.listMeshes()).items
  if (!mesh) throw new Error('There is no simulated mesh.')
  const made = await asking.createUpgrade({
    body: {
      kind: 'MeshUpgrade',
      apiVersion: 'v1',
      metadata: { name: 'bench' },
      spec: {
        meshId: mesh.metadata.uid,
        upgradeStrategy: 'Canary',
        targetVersion: '1.31',
        targetType: 'InCluster',
        currentStep: { name: 'PreCheck', action: 'Execute' },
      },
    },
  })
  const id = made.metadata.uid
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await asking.getUpgrade({ mesh_upgrade_id: id })).status.currentStep.phase === 'Success') break
    await delay(100)
  }
  await end(first)
  const job = made.status.currentStep.id
  await fillJob(data, id, job, subjobs)
  return { projectId: who.projectId, upgrade: id, job }
}

const seconds = 2
export const apiRounds = 7

interface Speed {
  readonly perSecond: number
  /** Microseconds on a CPU for one request. */
  readonly cpu: number
}

async function speedOf(
  { child, url }: Running,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Speed> {
  const before = await computedBy(child.pid)
  const result = await autocannon({ url: url + path, headers, connections: 16, duration: seconds })
  const computed = (await computedBy(child.pid)) - before
  const refused = result.non2xx - (headers['if-none-match'] === undefined ? 0 : result['3xx'])
  if (refused > 0 || result.errors > 0) throw new Error(`${url}${path}: ${refused} refused, ${result.errors} errors`)
  return { perSecond: result.requests.average, cpu: (computed * 1000) / result.requests.total }
}

export async function apiFigures(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'meshlift-bench-'))
  const running: Running[] = []
  try {
    const data = join(folder, 'data')
    const { projectId, upgrade, job } = await prepare(data)
    const ours = await serve(data)
    running.push(ours)
    const who = JSON.parse(await readFile(join(data, 'admin.json'), 'utf8')) as HandOut
    const where = { baseUrl: ours.url, fetch }
    const session = await login(where, who)
    const key = await client(where, session).createKey({ body: { user: await userId(where, session, who.user) } })
    const token = { 'x-auth-token': session.token }
    const paths = {
      'a task': `/v1/${projectId}/mesh-upgrade/${upgrade}`,
      [`a job with ${subjobs} subjobs`]: `/v1/${projectId}/mesh-job/${job}`,
    }
    // The same accounts, tokens and keys; a database belongs to one process, so it gets a copy.
    const copy = join(folder, 'copy')
    const answers: Record<string, string> = {}
    for (const path of Object.values(paths))
      answers[path] = await (await fetch(`${ours.url}${path}`, { headers: token })).text()
    await end(ours)
    await cp(data, copy, { recursive: true })
    await writeFile(join(folder, 'answers.json'), JSON.stringify(answers))
    running.push(await serve(data), await start([bareServer, copy, join(folder, 'answers.json')]))
    const [, here, bare] = running
    if (!here || !bare) throw new Error('Not both are running.')

    const figures: Figure[] = []
    for (const [what, path] of Object.entries(paths)) {
      const answer = await fetch(`${here.url}${path}`, { headers: token })
      const bytes = (await answer.text()).length
      const etag = answer.headers.get('etag') ?? ''
      const asked = {
        token: () => token,
        signature: () =>
          signatureHeaders(
            { accessKey: key.access, secretKey: key.secret, projectId, now: () => systemClock().now() },
            { method: 'GET', target: path, body: '' },
          ),
      }
      for (const [by, headers] of Object.entries(asked)) {
        const measured: { readonly ours: Speed; readonly bare: Speed; readonly unchanged: Speed }[] = []
        // The first one warms up.
        for (let round = 0; round <= apiRounds; round += 1)
          measured.push({
            bare: await speedOf(bare, path, headers()),
            ours: await speedOf(here, path, headers()),
            unchanged: await speedOf(here, path, { ...headers(), 'if-none-match': etag }),
          })
        const each = (of: (one: (typeof measured)[number]) => number): number => median(measured.slice(1).map(of))
        figures.push({
          what: `GET of ${what} (${(bytes / 1024).toFixed(1)} KiB), by ${by}`,
          values: [
            each((one) => one.bare.perSecond).toFixed(0),
            each((one) => one.ours.perSecond).toFixed(0),
            each((one) => one.ours.perSecond / one.bare.perSecond).toFixed(2),
            each((one) => one.bare.cpu / one.ours.cpu).toFixed(2),
            each((one) => one.unchanged.perSecond / one.bare.perSecond).toFixed(2),
          ],
          aim: '0.90',
        })
      }
    }
    return figures
  } finally {
    for (const one of running) await end(one)
    await rm(folder, { recursive: true, force: true })
  }
}

export const apiColumns = ['bare, a second', 'ours, a second', 'ours / bare', 'by CPU time', '304 / bare'] as const

async function userId(
  where: Parameters<typeof client>[0],
  session: Parameters<typeof client>[1],
  name: string,
): Promise<string> {
  const user = (await client(where, session).listUsers()).items.find((one) => one.name === name)
  if (!user) throw new Error(`There is no user ${name}.`)
  return user.id
}
