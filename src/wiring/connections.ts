/** From a registered cluster to the mesh port on it. Real clusters are loaded only when one is used (half a second). */

import type { Clock } from '../lib/clock.ts'
import { Problem } from '../lib/problem.ts'
import type { Cluster, Helm } from '../mesh/cluster.ts'
import { meshOn } from '../mesh/driver.ts'
import { loadCatalogue } from '../registry/catalogue-file.ts'
import { chartsOf } from '../registry/catalogue.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import { parseVersion } from '../registry/version.ts'
import type { Mesh } from '../upgrade/mesh.ts'

export interface Connection {
  readonly mesh: Mesh
  readonly cluster: Cluster
  readonly helm: Helm
}

export interface ConnectionParts {
  readonly clock: Clock
  /** The simulated cluster, where the server serves one. */
  readonly simulated: { readonly cluster: Cluster; readonly helm: Helm } | undefined
  /** Folder for pulled charts and helm's own state. */
  readonly stateDir: string
  readonly version: string
  readonly log: { debug(facts: object, text: string): void }
}

export interface Connections {
  to(cluster: ClusterRecord): Promise<Connection>
  /** A cluster that is no longer registered. */
  forget(id: string): Promise<void>
  close(): Promise<void>
}

export function connections({ clock, simulated, stateDir, version, log }: ConnectionParts): Connections {
  const open = new Map<string, Promise<Connection>>()

  const connect = async (record: ClusterRecord): Promise<Connection> => {
    if (record.simulated) {
      if (!simulated)
        throw new Problem({
          kind: 'unavailable',
          code: 'clusters/not-simulated',
          text: `Cluster ${record.name} is simulated, and this server was not started with --simulated.`,
        })
      return { ...simulated, mesh: meshOn({ ...simulated, clock }) }
    }
    const { connect: real } = await import('../mesh/kubernetes/connect.ts')
    const {
      id: _id,
      project: _project,
      createdAt: _createdAt,
      simulated: _simulated,
      catalogue: _catalogue,
      ...settings
    } = record
    // The file is read at each use, so that what is changed in it counts from then on.
    const ownCharts = async (of: string, signal: AbortSignal): Promise<string | undefined> => {
      const parsed = parseVersion(of)
      return parsed && chartsOf(await loadCatalogue(record, signal), parsed)
    }
    const { cluster, helm } = await real({ ...settings, chartsOf: ownCharts, stateDir, version, clock, log })
    return { cluster, helm, mesh: meshOn({ cluster, helm, clock }) }
  }

  return {
    to(record) {
      const known = open.get(record.id)
      if (known) return known
      const made = connect(record)
      open.set(record.id, made)
      // A failed attempt is not kept: the next one may find the reason gone.
      made.catch(() => open.delete(record.id))
      return made
    },
    async forget(id) {
      const known = open.get(id)
      open.delete(id)
      await known?.then(({ cluster }) => cluster.close()).catch(() => undefined)
    },
    async close() {
      await Promise.all([...open.keys()].map((id) => this.forget(id)))
    },
  }
}
