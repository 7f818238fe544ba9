// A cluster that cannot be reached, in every way a kubeconfig can be wrong, on a server that has another one to serve.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { client } from '../../src/client/client.ts'
import type { Client } from '../../src/client/client.ts'
import { login } from '../../src/client/login.ts'
import { readConfig } from '../../src/config.ts'
import type { MeshUpgrade, StepName, UpgradeCreate } from '../../src/contract/upgrades.ts'
import { openDatabase } from '../../src/lib/sqlite.ts'
import { openServer } from '../../src/main.ts'
import { kubeconfigFor } from '../../src/mesh/kubernetes/loopback-api.ts'
import { registryTables } from '../../src/registry/sqlite/registry.ts'
import { taskTables } from '../../src/tasks/sqlite/tables.ts'
import { accessTables } from '../../src/access/sqlite.ts'
import { checkedFetch } from './checked-fetch.ts'
import { expiredCertificate } from './expired-certificate.ts'
import { bent, meshBody, upgradeBody } from './samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'bad-days-'))
const data = join(folder, 'data')
const kubeconfig = join(folder, 'lost.yaml')
/** An API server that lets nobody in. */
const refusing = createServer((_, response) => {
  response.writeHead(401, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' }))
})

const good = (server: string): string => kubeconfigFor(server, { token: 'some-token' })
const address = (): string => `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`

let asking: Client
let close: () => Promise<void>
let lost: MeshUpgrade

async function open(): Promise<void> {
  const { config } = readConfig({
    flags: { data, simulated: true, speed: 500, logLevel: 'silent' },
    environment: {},
  })
  const server = await openServer(config)
  const where = { baseUrl: 'http://in-process', fetch: checkedFetch(server.fetch) }
  asking = client(where, await login(where, server.credentials))
  close = () => server.close()
}

/** As a client polls. */
async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    await pause(20)
  }
}

async function drive(upgrade: MeshUpgrade, name: StepName): Promise<MeshUpgrade> {
  const body = bent(upgrade, 'spec.currentStep', { name, action: 'Execute' }) as unknown as MeshUpgrade
  return asking.updateUpgrade({ mesh_upgrade_id: upgrade.metadata.uid, body })
}
const settled = ({ metadata }: MeshUpgrade): Promise<MeshUpgrade> =>
  until(
    () => asking.getUpgrade({ mesh_upgrade_id: metadata.uid }),
    ({ status }) => !['Init', 'Queuing', 'Running'].includes(status.currentStep.phase),
  )
const upgradeTo = (mesh: string): UpgradeCreate => {
  const { spec, ...rest } = upgradeBody(mesh)
  return { ...rest, spec: { ...spec, targetVersion: '1.31' } }
}
const begun = async (mesh: string): Promise<MeshUpgrade> => {
  const found = (await asking.listMeshes()).items.find(({ metadata }) => metadata.name === mesh)
  return settled(await asking.createUpgrade({ body: upgradeTo(found?.metadata.uid ?? '') }))
}

/** While the server is down, mesh and cluster `demo` become `lost`, on a cluster that only its kubeconfig leads to. */
async function loseDemo(): Promise<void> {
  const database = await openDatabase(join(data, 'meshlift.db'), [taskTables, registryTables, accessTables])
  const db = database.kysely.withTables<{
    cluster: { name: string; record: string }
    mesh: { name: string; record: string }
    task: { state: string }
  }>()
  const renamed = (text: string): string => text.replaceAll('"demo"', '"lost"')
  const where = JSON.stringify({ kubeconfig, context: 'here' }).slice(1, -1)
  const { record: cluster } = await db.selectFrom('cluster').select('record').executeTakeFirstOrThrow()
  const { record: mesh } = await db.selectFrom('mesh').select('record').executeTakeFirstOrThrow()
  const { state } = await db.selectFrom('task').select('state').executeTakeFirstOrThrow()
  await db
    .updateTable('cluster')
    .set({ name: 'lost', record: renamed(cluster).replace('"simulated":true', where) })
    .execute()
  await db
    .updateTable('mesh')
    .set({ name: 'lost', record: renamed(mesh) })
    .execute()
  await db
    .updateTable('task')
    .set({ state: renamed(state) })
    .execute()
  await database.close()
  rmSync(join(data, 'simulation'), { recursive: true })
}

beforeAll(async () => {
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  await open()
  lost = await begun('demo')
  await drive(lost, 'ControlPlaneUpgrade')
  lost = await settled(lost)
  if (lost.status.currentStep.phase !== 'Success') throw new Error(JSON.stringify(lost))
  await close()
  await loseDemo()
  await open()
  lost = await drive(lost, 'DataPlaneUpgrade')
}, 60_000)

afterAll(async () => {
  await close()
  refusing.closeAllConnections()
  refusing.close()
  rmSync(folder, { recursive: true, force: true })
})

const days: readonly (readonly [string, () => string | undefined, RegExp])[] = [
  ['is not there', () => undefined, /its kubeconfig \S+ is not there or not readable\. Put it right/],
  ['is no kubeconfig', () => '{ some-token: [', /is not a kubeconfig \(wrong YAML.*\. Put it right/],
  [
    'has no such context',
    () => good(address()).replaceAll('"here"', '"there"'),
    /its kubeconfig \S+ has no context here\. Put it right/,
  ],
  [
    'has a certificate that has expired',
    () =>
      kubeconfigFor(address(), {
        'client-certificate-data': Buffer.from(expiredCertificate).toString('base64'),
        'client-key-data': Buffer.from('no key').toString('base64'),
      }),
    /refused the login \(401\): the client certificate of its kubeconfig has expired\. Renew the kubeconfig/,
  ],
  [
    'has a token that is not accepted',
    () => good(address()),
    /refused the login \(401\): the token or certificate .* not, or no longer, accepted\. Renew the kubeconfig/,
  ],
  // Port 1 is nobody's on a machine that runs tests.
  ['points nowhere', () => good('http://127.0.0.1:1'), /nothing listens at the address of its kubeconfig\. Look at/],
]

describe.each(days)('a kubeconfig that %s', (_, content, says) => {
  beforeAll(() => {
    const text = content()
    if (text === undefined) rmSync(kubeconfig, { force: true })
    else writeFileSync(kubeconfig, text)
  })

  it('is told when the cluster is tried, adopted or checked, and the other mesh is served meanwhile', async () => {
    const { items } = await asking.listClusters()
    const lostCluster = items.find(({ name }) => name === 'lost')?.id ?? ''
    const tried = await until(
      () => asking.testCluster({ cluster_id: lostCluster }),
      // A login that worked is kept for some seconds of the program's clock.
      ({ problem }) => says.test(problem?.text ?? ''),
    )
    expect(tried).toMatchObject({ cluster: 'lost', reachable: false, controlPlanes: [] })
    expect(tried.problem?.text).toContain('Cluster lost')

    const body = { name: 'spare', kubeconfig, context: 'here' }
    const spare = items.find(({ name }) => name === 'spare') ?? (await asking.addCluster({ body }))
    const adopting = asking.createMesh({ body: { ...meshBody(spare.id), metadata: { name: 'spare-mesh' } } })
    await expect(adopting).rejects.toMatchObject({ status: 500, message: expect.stringMatching(says) })
    await expect(adopting).rejects.toThrow('Cluster spare')

    const { findings } = await asking.checkMesh({ body: { mesh: 'lost', targetVersion: '1.31' } })
    expect(findings).toMatchObject([
      { check: 'cluster-unreachable', weight: 'blocks', about: 'lost', text: expect.stringMatching(says) },
    ])
    expect(findings[0]?.text).toContain('Cluster lost cannot be reached')

    expect((await asking.listMeshes()).items.map(({ metadata }) => metadata.name)).toEqual(['lost', 'demo'])
    const other = await asking.checkMesh({ body: { mesh: 'demo', targetVersion: '1.31' } })
    expect(other.findings).toEqual([])
  })

  it('is told by the upgrade in its middle, by its job and its diary, and the upgrade stays where it is', async () => {
    const { uid } = lost.metadata
    const detail = await until(
      () => asking.describeUpgrade({ mesh_upgrade_id: uid }),
      ({ reason }) => says.test(reason.text),
    )
    expect(detail).toMatchObject({ state: 'Running', step: 'DataPlaneUpgrade', phase: 'Running' })
    expect(detail.reason.text).toMatch(/Cluster lost .*Trying again \(\d+ attempts so far\)\.$/)
    const job = await asking.getJob({ job_id: detail.steps[2]?.job ?? '' })
    expect(job.status).toMatchObject({ phase: 'Running', reason: expect.stringMatching(says) })
    const notes = (await asking.listNotes({ mesh_upgrade_id: uid, query: { limit: '1000' } })).items
    expect(notes.at(-1)?.text).toMatch(says)
  })
})

it('the other mesh is upgraded from beginning to end all the same', { timeout: 60_000 }, async () => {
  const upgrade = await begun('demo')
  for (const step of ['ControlPlaneUpgrade', 'DataPlaneUpgrade', 'PostUpgrade'] as const) {
    await drive(upgrade, step)
    expect((await settled(upgrade)).status.currentStep.phase).toBe('Success')
  }
  expect((await asking.getUpgrade({ mesh_upgrade_id: upgrade.metadata.uid })).status.state).toBe('Success')
  expect((await asking.getUpgrade({ mesh_upgrade_id: lost.metadata.uid })).status.state).toBe('Running')
})
