/** What the heart needs to know of a registered mesh: its clusters, its versions, its values, its other upgrades. */

import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { Clock } from '../lib/clock.ts'
import { isRecord } from '../lib/json.ts'
import { Problem } from '../lib/problem.ts'
import { loadCatalogue } from '../registry/catalogue-file.ts'
import { upstreamCatalogue, type Catalogue } from '../registry/catalogue.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import type { MeshRecord } from '../registry/meshes.ts'
import type { RegistryStore } from '../registry/store.ts'
import { judgeHop, judgeKubernetes, resolveVersion, told } from '../registry/versions.ts'
import type { TaskDesk } from '../tasks/store.ts'
import type { Mesh } from '../upgrade/mesh.ts'
import { readRecord, type UpgradeRecord } from '../upgrade/record.ts'
import type { Outside } from '../upgrade/stage.ts'
import { meshPhase } from '../upgrade/view.ts'
import type { Connections } from './connections.ts'
import type { UpgradeDoorParts } from './upgrade-door.ts'

export interface MeshFactsParts {
  readonly registry: RegistryStore
  readonly tasks: TaskDesk
  readonly connections: Connections
  readonly clock: Clock
}

type Facts = Pick<UpgradeDoorParts, 'clustersOf' | 'versionsOf' | 'meshOf' | 'outsideOf' | 'touch'>

export function meshFacts({ registry, tasks, connections, clock }: MeshFactsParts): Facts {
  const meshRecord = async (project: string, id: string): Promise<MeshRecord> => {
    const mesh = await registry.mesh(project, id)
    if (mesh) return mesh
    throw new Problem({
      kind: 'rejected',
      code: 'meshes/forgotten',
      text: `Mesh ${id} is not registered any more; register it again, or abandon the upgrade.`,
    })
  }
  const clustersOf = async (mesh: MeshRecord): Promise<readonly ClusterRecord[]> => {
    const known = await registry.clusters(mesh.project)
    return mesh.clusterIds.map((id) => {
      const cluster = known.find((one) => one.id === id)
      if (cluster) return cluster
      throw new Problem({
        kind: 'rejected',
        code: 'clusters/forgotten',
        text: `Cluster ${id} of mesh ${mesh.name} is not registered any more.`,
      })
    })
  }
  const firstCluster = async (mesh: MeshRecord): Promise<ClusterRecord> => (await clustersOf(mesh))[0] as ClusterRecord
  const catalogueOf = async (mesh: MeshRecord): Promise<Catalogue> => {
    const cluster = await firstCluster(mesh)
    // The simulation would install any version; only those that are said to exist do.
    if (cluster.simulated && cluster.catalogue === undefined)
      return { ...upstreamCatalogue, name: 'The simulation', closed: true }
    return loadCatalogue(cluster, new AbortController().signal)
  }
  const meshOf = async (record: UpgradeRecord): Promise<Mesh> =>
    (await connections.to(await firstCluster(await meshRecord(record.project, record.mesh.id)))).mesh

  return {
    clustersOf,
    meshOf,

    async versionsOf(mesh) {
      const catalogue = await catalogueOf(mesh)
      return {
        resolve(asked) {
          const found = resolveVersion(asked, catalogue)
          return found.ok ? found.version : undefined
        },
        hop: (from, to) => {
          const judged = judgeHop(from, to, catalogue)
          return judged.ok ? undefined : judged.why
        },
        allowed: (from) => {
          const judged = judgeHop(from, from, catalogue)
          return judged.ok ? [] : judged.allowed
        },
      }
    },

    async outsideOf(record): Promise<Outside> {
      const mesh = await meshRecord(record.project, record.mesh.id)
      const catalogue = await catalogueOf(mesh)
      // Another project's cluster of the same name is another cluster as far as anybody here may know; if it is not, the
      // record of its upgrade in the cluster itself tells.
      const open = (await tasks.list({ project: record.project, unfinished: true }))
        .filter((task) => task.id !== record.id)
        .map((task) => readRecord(task.state))
      return {
        // The same mesh cannot have two; the same cluster could, registered in two meshes.
        others: open
          .filter((other) => other.mesh.clusters.some((cluster) => record.mesh.clusters.includes(cluster)))
          .map((other) => other.name),
        catalogue: {
          hop: (from, to) => told(judgeHop(from, to, catalogue)),
          kubernetes: (to, version) => told(judgeKubernetes(to, version, catalogue, record.from.version || undefined)),
        },
        values: await valuesOf(mesh),
      }
    },

    /** The mesh's phase and version follow its upgrade (asm-api Q18). */
    async touch(record) {
      const mesh = await registry.mesh(record.project, record.mesh.id)
      if (!mesh) return
      const [newest] = await tasks.page({ project: record.project, subjects: [mesh.id], limit: 1 })
      if (newest && newest.id !== record.id) return
      const phase = meshPhase({ record, open: undefined })
      const version =
        record.ended === 'success' && record.updatedAt >= mesh.createdAt ? record.to.version : mesh.version
      if (phase !== mesh.phase || version !== mesh.version)
        await registry.changeMesh(mesh.project, mesh.id, { phase, version, updatedAt: clock.now() })
    },
  }
}

/** Read anew each time: nothing of it is kept here. */
async function valuesOf(mesh: MeshRecord): Promise<Readonly<Record<string, unknown>>> {
  if (mesh.values === undefined) return {}
  const found = await readFile(mesh.values, 'utf8').then(parsed, () => undefined)
  if (found === null) return {}
  if (isRecord(found)) return found
  throw new Problem({
    kind: 'rejected',
    code: 'meshes/values-unreadable',
    text: `The values file of mesh ${mesh.name} cannot be read as YAML: ${mesh.values}.`,
  })
}

/** Why it is no YAML is not told: the sentence would quote it, and values hold secrets. */
function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}
