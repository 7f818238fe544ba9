// Answers are remembered until their task changes. Nobody may notice, but by the time that it takes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Job } from '../../src/contract/jobs.ts'
import { stepNames } from '../../src/contract/upgrades.ts'
import type { MeshUpgrade } from '../../src/contract/upgrades.ts'
import { openDatabase } from '../../src/lib/sqlite.ts'
import type { OpenDatabase } from '../../src/lib/sqlite.ts'
import { rememberingMeshes } from '../../src/registry/remembered.ts'
import { registryTables, sqliteRegistry } from '../../src/registry/sqlite/registry.ts'
import { taskTables } from '../../src/tasks/sqlite/tables.ts'
import { sqliteTasks } from '../../src/tasks/sqlite/tasks.ts'
import { upgradeReading } from '../../src/wiring/upgrade-reading.ts'
import { handOut, harness } from './harness.ts'
import type { Harness } from './harness.ts'
import type { Stores } from './heart.ts'
import { allow, person, where } from './people.ts'
import { upgradeBody, withMesh } from './samples.ts'

let folder: string
let database: OpenDatabase
let stores: Stores
let at: Harness
let mesh: string
let id: string
const project = handOut.projectId

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'freshness-'))
  database = await openDatabase(join(folder, 'meshlift.db'), [taskTables, registryTables])
  const { kysely } = database
  stores = { registry: rememberingMeshes(sqliteRegistry(kysely)), tasks: sqliteTasks(kysely) }
  at = await harness(undefined, stores)
  mesh = (await withMesh(at)).metadata.uid
  id = (await at.client.createUpgrade({ body: upgradeBody(mesh) })).metadata.uid
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A door that remembers nothing yet. */
const forgetful = () => upgradeReading({ desk: stores.tasks })

const getUpgrade = () => at.client.getUpgrade({ mesh_upgrade_id: id })
const below = (job: Job): Job[] => [job, ...(job.spec.subjobs ?? []).flatMap(below)]

async function expectFresh(): Promise<MeshUpgrade> {
  const truth = forgetful()
  const shown = await getUpgrade()
  expect(shown).toEqual(await truth.get(project, id))
  const root = await at.client.getJob({ job_id: id })
  expect(root).toEqual(await truth.job(project, id))
  // A step, and what was begun last.
  for (const { metadata } of below(root)
    .slice(-1)
    .concat(root.spec.subjobs?.slice(-1) ?? []))
    expect(await at.client.getJob({ job_id: metadata.uid })).toEqual(await truth.job(project, metadata.uid))
  return shown
}

it('shows what is stored, at each moment of a whole upgrade', async () => {
  for (const step of stepNames) {
    if (step !== 'PreCheck') await at.put(id, step, 'Execute')
    while (['Queuing', 'Init', 'Running'].includes((await expectFresh()).status.currentStep.phase)) await at.round()
  }
  expect((await expectFresh()).status.state).toBe('Success')
})

it('shows a write to whoever asks after its answer, and never goes back, while the worker saves at full speed', async () => {
  let last = ''
  let over = false
  /** One of many who wait for a change. */
  const reader = async (): Promise<void> => {
    while (!over) {
      const least = last
      const { status } = await getUpgrade()
      expect(status.updatedAt >= least).toBe(true)
      if (status.updatedAt > last) last = status.updatedAt
      await at.client.getJob({ job_id: status.currentStep.id })
      // Others have their turn, as between two requests of a connection.
      await setImmediate()
    }
  }
  const story = async (): Promise<void> => {
    for (const step of stepNames) {
      const asked = step === 'PreCheck' ? await getUpgrade() : (await at.put(id, step, 'Execute')).body
      const job_id = asked.status.currentStep.id
      const [shown, job] = await Promise.all([getUpgrade(), at.client.getJob({ job_id })])
      expect(shown).toEqual(asked)
      expect(job.status.phase).toBe('Initializing')
      await at.settled(id)
    }
  }
  const ended = story().finally(() => {
    over = true
  })
  await Promise.all([ended, reader(), reader(), reader()])
  expect((await getUpgrade()).status.state).toBe('Success')
})

describe('what is remembered', () => {
  const upgradePath = () => `/v1/PROJECT/mesh-upgrade/${id}`

  it('is gone with the upgrade, for those too who have its ETag', async () => {
    const { status } = await getUpgrade()
    const paths = [upgradePath(), ...[id, status.currentStep.id].map((job) => `/v1/PROJECT/mesh-job/${job}`)]
    const tags = await Promise.all(paths.map(async (path) => (await at.ask('GET', path)).headers.get('etag') ?? ''))
    expect((await at.ask('DELETE', upgradePath())).status).toBe(200)
    for (const [index, path] of paths.entries()) {
      expect((await at.ask('GET', path)).status).toBe(404)
      expect((await at.ask('GET', path, undefined, { 'if-none-match': tags[index] })).status).toBe(404)
    }
  })

  it('is for those who are known at that moment, and for nobody of another project', async () => {
    const reader = await person(at, 'reader', allow('asm:*:*', 'meshlift:*:*'))
    const path = `/v1/PROJECT/mesh-job/${id}`
    const { status, headers } = await reader.ask('GET', path)
    expect(status).toBe(200)
    const { token, projectId } = await at.stranger()
    const elsewhere = `/v1/${projectId}/mesh-job/${id}`
    expect((await at.ask('GET', elsewhere, undefined, { 'x-auth-token': token })).status).toBe(404)
    const { items } = await at.client.listGrants()
    for (const grant of items.filter(({ user }) => user === reader.id))
      await at.client.removeGrant({ grant_id: grant.id })
    const etag = { 'if-none-match': headers.get('etag') ?? '' }
    expect((await reader.ask('GET', path, undefined, etag)).status).toBe(401)
    expect((await at.ask('GET', path, undefined, etag)).status).toBe(304)
  })

  it('is judged by the enterprise project that the mesh is in now', async () => {
    const { id: there } = await at.client.createEnterpriseProject({ body: { name: 'payments' } })
    const everything = allow('asm:*:*', 'meshlift:*:*')
    const reader = await person(at, 'reader', where(everything, 'g:EnterpriseProjectId', '0'))
    const { status, headers } = await reader.ask('GET', upgradePath())
    expect(status).toBe(200)
    const etag = { 'if-none-match': headers.get('etag') ?? '' }
    const again = async () => (await reader.ask('GET', upgradePath(), undefined, etag)).status
    expect(await again()).toBe(304)
    await at.client.moveMesh({ mesh_id: mesh, body: { enterpriseProject: there } })
    expect(await again()).toBe(403)
    await at.client.moveMesh({ mesh_id: mesh, body: { enterpriseProject: '0' } })
    expect(await again()).toBe(304)
  })
})
