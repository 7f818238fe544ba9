// Whatever is refused leaves the database as it was, row by row.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { openDatabase } from '../../src/lib/sqlite.ts'
import type { OpenDatabase } from '../../src/lib/sqlite.ts'
import { registryTables, sqliteRegistry } from '../../src/registry/sqlite/registry.ts'
import { taskTables } from '../../src/tasks/sqlite/tables.ts'
import { sqliteTasks } from '../../src/tasks/sqlite/tasks.ts'
import { harness } from './harness.ts'
import type { Harness } from './harness.ts'
import { bent, meshBody, upgradeBody, withMesh } from './samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'nothing-stored-'))
let database: OpenDatabase
let at: Harness
let paths: Readonly<Record<string, string>>
let bodies: Readonly<Record<string, object>>

beforeAll(async () => {
  database = await openDatabase(join(folder, 'meshlift.db'), [taskTables, registryTables])
  const { kysely } = database
  at = await harness(undefined, { registry: sqliteRegistry(kysely), tasks: sqliteTasks(kysely) })
  const mesh = await withMesh(at)
  const { metadata } = await at.client.createUpgrade({ body: upgradeBody(mesh.metadata.uid) })
  await at.settled(metadata.uid)
  const spare = await at.client.addCluster({ body: { name: 'spare', kubeconfig: '/etc/spare.yaml' } })
  paths = {
    upgrade: '/v1/PROJECT/mesh-upgrade',
    update: `/v1/PROJECT/mesh-upgrade/${metadata.uid}`,
    mesh: '/v1/PROJECT/meshes',
    cluster: '/meshlift/v1/PROJECT/clusters',
    check: '/meshlift/v1/PROJECT/checks',
  }
  bodies = {
    upgrade: { ...upgradeBody(mesh.metadata.uid), metadata: { name: 'second' } },
    update: bent(upgradeBody(mesh.metadata.uid), 'spec.currentStep.name', 'ControlPlaneUpgrade'),
    mesh: { ...meshBody(spare.id), metadata: { name: 'other', labels: { team: 'web' } } },
    cluster: { name: 'third', kubeconfig: '/etc/third.yaml', context: 'a', charts: '/srv/charts', helm: '/bin/helm' },
    check: { mesh: 'shop', targetVersion: '1.31.0' },
  }
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

async function stored(): Promise<string> {
  const { kysely } = database
  const tables = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(kysely)
  const rows = await Promise.all(
    tables.rows.map(async ({ name }) => [name, (await sql`select * from ${sql.table(name)}`.execute(kysely)).rows]),
  )
  return JSON.stringify(rows)
}

/** Every member of a body, each with every type of value that it is not. */
function mistyped(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  const below =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => mistyped(one, path === '' ? key : `${path}.${key}`))
      : []
  const kind = Array.isArray(value) ? 'array' : typeof value
  const others = { array: [], object: {}, string: 'x', number: 5, boolean: true, null: null }
  const wrong = Object.entries(others).flatMap(([name, other]) => (name === kind ? [] : [[path, other] as const]))
  return path === '' ? below : [...wrong, ...below]
}

const malformed = ['{"kind": "Mesh', '', 'null', '[]', '5', '"x"', '{}', '['.repeat(5000), '{"__proto__": {"a": 1}}']

describe.each(['upgrade', 'update', 'mesh', 'cluster', 'check'])('a body for %s', (what) => {
  const method = what === 'update' ? 'PUT' : 'POST'

  it('that is no such object is 400 and leaves every row as it was', async () => {
    const before = await stored()
    for (const text of malformed) {
      const { status } = await at.ask(method, paths[what] ?? '', text)
      expect({ text, status }).toEqual({ text, status: 400 })
    }
    expect(await stored()).toBe(before)
  })

  it('with any member of another type is 400, names the member, and leaves every row as it was', async () => {
    const before = await stored()
    const cases = mistyped(bodies[what])
    expect(cases.length).toBeGreaterThanOrEqual(10)
    for (const [path, value] of cases) {
      const { status, body } = await at.ask(method, paths[what] ?? '', bent(bodies[what] ?? {}, path, value))
      expect({ path, value, status }).toEqual({ path, value, status: 400 })
      expect(body.errorMsg).toContain(
        path
          .replaceAll(/\.(\d+)/g, '[$1]')
          .split('.')
          .at(-1),
      )
    }
    expect(await stored()).toBe(before)
  })
})

it('what is well-formed and refused leaves every row as it was, and what is taken does not', async () => {
  const before = await stored()
  const { upgrade = {}, update = {}, mesh = {}, cluster = {} } = bodies
  const refused: readonly (readonly [string, string, object | undefined, number])[] = [
    ['POST', paths['upgrade'] ?? '', upgrade, 409], // the mesh has one
    ['POST', paths['upgrade'] ?? '', bent(upgrade, 'spec.meshId', 'nobody'), 404],
    ['POST', paths['upgrade'] ?? '', bent(upgrade, 'spec.targetVersion', '1.12.0'), 400],
    ['PUT', paths['update'] ?? '', bent(update, 'spec.currentStep.name', 'PostUpgrade'), 409],
    ['PUT', paths['update'] ?? '', bent(update, 'spec.currentStep.action', 'Retry'), 409],
    ['PUT', paths['update'] ?? '', bent(update, 'spec.targetVersion', '1.32.0'), 400],
    ['PUT', `${paths['upgrade']}/nobody`, update, 404],
    ['POST', paths['mesh'] ?? '', bent(mesh, 'metadata.name', 'shop'), 409],
    ['POST', paths['mesh'] ?? '', bent(mesh, 'spec.version', '1.29.0'), 400],
    ['POST', paths['cluster'] ?? '', bent(cluster, 'name', 'prod'), 409],
    ['DELETE', `${paths['mesh']}/nobody`, undefined, 404],
    ['DELETE', `${paths['upgrade']}/nobody`, undefined, 404],
  ]
  for (const [method, path, body, expected] of refused) {
    const { status } = await at.ask(method, path, body)
    expect({ method, path, body, status }).toEqual({ method, path, body, status: expected })
  }
  expect(await stored()).toBe(before)
  expect((await at.ask('POST', paths['cluster'] ?? '', cluster)).status).toBe(201)
  expect(await stored()).not.toBe(before)
})
