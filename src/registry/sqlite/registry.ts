/** Meshes and clusters in SQLite. Few rows, so rules look at all of a project, inside the transaction that writes. */

import type { Generated, Kysely } from 'kysely'
import type { Tables } from '../../lib/sqlite.ts'
import { checkClusterRemoval, checkNewCluster, plainCluster, unknownCluster } from '../clusters.ts'
import { changedMesh, checkNewMesh, unknownMesh } from '../meshes.ts'
import type { ClusterRecord } from '../clusters.ts'
import type { MeshRecord } from '../meshes.ts'
import type { RegistryStore } from '../store.ts'
import { firstRegistry } from './migrations/0001-registry.ts'
import { forgottenMeshes } from './migrations/0002-forgotten-meshes.ts'

/** What this room asks of the database file. */
export const registryTables: Tables = {
  name: 'registry',
  migrations: { '0001-registry': firstRegistry, '0002-forgotten-meshes': forgottenMeshes },
}

interface Row {
  seq: Generated<number>
  id: string
  project: string
  name: string
  record: string
}

type RegistryDatabase = { cluster: Row; mesh: Row; forgotten_mesh: Pick<Row, 'id' | 'project' | 'record'> }

/** @param kysely of a database opened with `registryTables` */
export function sqliteRegistry(kysely: Kysely<unknown>): RegistryStore {
  const db = kysely.withTables<RegistryDatabase>()
  return {
    addCluster: (given) =>
      db.transaction().execute(async (inside) => {
        checkNewCluster(given, await clustersIn(inside, given.project))
        await inside
          .insertInto('cluster')
          .values(rowOf(plainCluster(given)))
          .execute()
      }),
    clusters: (project) => clustersIn(db, project),
    cluster: (project, id) => clusterIn(db, project, id),
    removeCluster: (project, id) =>
      db.transaction().execute(async (inside) => {
        const cluster = await clusterIn(inside, project, id)
        if (cluster === undefined) throw unknownCluster(id)
        checkClusterRemoval(cluster, await meshesIn(inside, project))
        await inside.deleteFrom('cluster').where('id', '=', id).execute()
      }),
    addMesh: (mesh) =>
      db.transaction().execute(async (inside) => {
        checkNewMesh(mesh, await meshesIn(inside, mesh.project), await clustersIn(inside, mesh.project))
        await inside.insertInto('mesh').values(rowOf(mesh)).execute()
      }),
    meshes: (project) => meshesIn(db, project),
    mesh: (project, id) => meshIn(db, project, id),
    changeMesh: (project, id, change) =>
      db.transaction().execute(async (inside) => {
        const mesh = await meshIn(inside, project, id)
        if (mesh === undefined) throw unknownMesh(id)
        const changed = changedMesh(mesh, change)
        await inside
          .updateTable('mesh')
          .set({ record: JSON.stringify(changed) })
          .where('id', '=', id)
          .execute()
        return changed
      }),
    removeMesh: (project, id) =>
      db.transaction().execute(async (inside) => {
        const mesh = await meshIn(inside, project, id)
        if (mesh === undefined) throw unknownMesh(id)
        await inside
          .insertInto('forgotten_mesh')
          .values({ id, project, record: JSON.stringify(mesh) })
          .execute()
        await inside.deleteFrom('mesh').where('id', '=', id).execute()
      }),
    forgottenMesh: (project, id) => meshIn(db, project, id, 'forgotten_mesh'),
  }
}

const rowOf = (record: ClusterRecord | MeshRecord): Omit<Row, 'seq'> => ({
  id: record.id,
  project: record.project,
  name: record.name,
  record: JSON.stringify(record),
})

async function clustersIn(db: Kysely<RegistryDatabase>, project: string): Promise<readonly ClusterRecord[]> {
  const rows = await db.selectFrom('cluster').select('record').where('project', '=', project).orderBy('seq').execute()
  return rows.map(({ record }): ClusterRecord => JSON.parse(record))
}

async function meshesIn(db: Kysely<RegistryDatabase>, project: string): Promise<readonly MeshRecord[]> {
  const rows = await db.selectFrom('mesh').select('record').where('project', '=', project).orderBy('seq').execute()
  return rows.map(({ record }): MeshRecord => JSON.parse(record))
}

/** One record by its id, where it is of the project. */
async function recordIn(
  db: Kysely<RegistryDatabase>,
  table: keyof RegistryDatabase,
  project: string,
  id: string,
): Promise<unknown> {
  const row = await db
    .selectFrom(table)
    .select('record')
    .where('id', '=', id)
    .where('project', '=', project)
    .executeTakeFirst()
  return row && JSON.parse(row.record)
}

const clusterIn = async (db: Kysely<RegistryDatabase>, project: string, id: string) =>
  (await recordIn(db, 'cluster', project, id)) as ClusterRecord | undefined

const meshIn = async (
  db: Kysely<RegistryDatabase>,
  project: string,
  id: string,
  table: 'mesh' | 'forgotten_mesh' = 'mesh',
) => (await recordIn(db, table, project, id)) as MeshRecord | undefined
