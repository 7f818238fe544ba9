// One running bed, seen from inside its namespace: what stories are given to work with.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Installed } from './build.ts'
import { connect } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import { auditLog, startControlPlane } from './control/control-plane.ts'
import { makeNetwork } from './control/network.ts'
import { makePki } from './control/pki.ts'
import { keepProcesses } from './control/processes.ts'
import type { KubeletSettings } from './kubelet/main.ts'
import { readFaults, writeFaults } from './kubelet/faults.ts'
import type { Fault } from './kubelet/faults.ts'
import { run } from './run-program.ts'
import type { Ended } from './run-program.ts'
import { bareEnvironment, bedFolder } from './settings.ts'

export interface Bed {
  readonly installed: Installed
  readonly cluster: Cluster
  /** The bed's own folder; stories may make folders of their own in it. */
  readonly folder: string
  readonly pki: string
  /** The administrator's. */
  readonly kubeconfig: string
  readonly logs: string
  readonly auditLog: string
  /** Aborted when the story's time is up or when a part of the bed broke. */
  readonly signal: AbortSignal
  /** What a user would type: helm, kubectl or istioctl as the administrator. */
  helm(args: readonly string[], stdin?: string): Promise<Ended>
  kubectl(args: readonly string[], stdin?: string): Promise<Ended>
  istioctl(args: readonly string[]): Promise<Ended>
  /** Makes the istiods of a revision misbehave; undefined lifts it. `default` names an un-revisioned one. */
  setFault(revision: string, fault: Fault | undefined): void
  stop(): Promise<void>
}

/** Starts everything below the mesh: about five seconds. Must run inside the private namespace. */
export async function startBed(installed: Installed, folder: string, deadline: AbortSignal): Promise<Bed> {
  const pki = join(folder, 'pki')
  const logs = join(folder, 'logs')
  const home = join(folder, 'home')
  const faults = join(folder, 'faults.json')
  for (const made of [logs, home]) await mkdir(made, { recursive: true })
  writeFaults(faults, {})

  const environment = bareEnvironment({ HOME: home })
  const processes = keepProcesses(logs, environment)
  const signal = AbortSignal.any([deadline, processes.broken])
  await makeNetwork(signal)
  await makePki(pki, signal)
  const cluster = connect({ pki, as: 'admin', signal })
  await startControlPlane({ installed, processes, cluster, pki, state: folder, signal })
  const settings: KubeletSettings = { pki, pods: join(folder, 'pods'), faults, programs: programsOf(installed) }
  processes.start('process-kubelet', [
    process.execPath,
    join(bedFolder, 'kubelet', 'main.ts'),
    JSON.stringify(settings),
  ])

  const kubeconfig = join(pki, 'admin.conf')
  const asAdministrator = { ...environment, KUBECONFIG: kubeconfig }
  const tool =
    (program: string) =>
    (args: readonly string[], stdin?: string): Promise<Ended> =>
      run([program, ...args], { signal, env: asAdministrator, ...(stdin === undefined ? {} : { stdin }) })
  return {
    installed,
    cluster,
    folder,
    pki,
    kubeconfig,
    logs,
    auditLog: auditLog(folder),
    signal,
    helm: tool(join(installed.helm, 'helm')),
    kubectl: tool(join(installed.helm, 'kubectl')),
    istioctl: tool(join(installed.istio['1.31.0'], 'istioctl')),
    setFault(revision, fault) {
      const others = Object.entries(readFaults(faults)).filter(([name]) => name !== revision)
      writeFaults(faults, Object.fromEntries(fault === undefined ? others : [...others, [revision, fault]]))
    },
    async stop() {
      cluster.close()
      await processes.stop()
    },
  }
}

function programsOf(installed: Installed): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(installed.istio).map(([tag, folder]) => [tag, join(folder, 'pilot-discovery')]),
  )
}
