/** The one door of this room: a registered real cluster, and helm for it. Nothing is contacted before it is needed. */

import type { Clock } from '../../lib/clock.ts'
import type { Cluster, Helm } from '../cluster.ts'
import { callsOver } from './calls.ts'
import type { Limits } from './calls.ts'
import { kubernetesCluster } from './client.ts'
import { kubernetesHelm } from './helm.ts'
import { httpTo } from './http.ts'
import { clusterAccess } from './kubeconfig.ts'
import type { WatchTimes } from './watch.ts'
import { watchesOver } from './watches.ts'

export interface ConnectSettings {
  /** Registered name. */
  readonly name: string
  /** Path on this machine. */
  readonly kubeconfig?: string
  /** Absent: the kubeconfig's current context. */
  readonly context?: string
  /** The service account of the pod we run in. */
  readonly inCluster?: boolean
  /** Folder with `<version>/base` and `<version>/istiod`, `oci://` reference or repository; absent: Istio's own repository. */
  readonly charts?: string
  /** Where those of one version come from, of the same forms; undefined: as all others. Asked each time. */
  readonly chartsOf?: (version: string, signal: AbortSignal) => Promise<string | undefined>
  /** Path of the helm program; absent: found in PATH. */
  readonly helm?: string
  /** Folder of ours; several clusters may share it. */
  readonly stateDir: string
  /** Our own version, for the User-Agent. */
  readonly version?: string
  readonly clock: Clock
  readonly log: { debug(facts: object, text: string): void }
  /** Times other than the usual, for tests. */
  readonly limits?: Partial<Limits & WatchTimes>
}

const usual: Limits & WatchTimes = {
  readMs: 30_000,
  writeMs: 60_000,
  longestRetryMs: 10_000,
  freshMs: 4_000,
  silenceMs: 90_000,
  firstPauseMs: 500,
  longestPauseMs: 30_000,
}

/** A kubeconfig that is missing or wrong is no failure here: every use says so, until it is put right. */
export async function connect(settings: ConnectSettings): Promise<{ readonly cluster: Cluster; readonly helm: Helm }> {
  const { name, clock, log } = settings
  const times = { ...usual, ...settings.limits }
  const access = clusterAccess(settings)
  const http = httpTo(access, `meshlift/${settings.version ?? '0'}`)
  const calls = callsOver(http, access, clock, times)
  const watches = watchesOver({ cluster: name, calls, clock, times, random: Math.random, log })
  const cluster = kubernetesCluster({ name, calls, watches, close: () => http.close() })
  const helm = kubernetesHelm({ ...settings, kubernetesVersion: (signal) => cluster.version(signal) })
  return { cluster, helm }
}
