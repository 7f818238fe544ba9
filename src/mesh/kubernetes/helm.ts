/** The user's `helm`, version 3 or 4, pointed at the registered cluster. */

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { isRecord } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import type { ChartRef, Helm, HelmRelease, KubeObject } from '../cluster.ts'
import { chartsFrom, istioRepository } from './helm-charts.ts'
import { noHelm, problemOfHelm } from './helm-failure.ts'
import { runHelm } from './helm-program.ts'
import { helmWork } from './helm-work.ts'

export interface HelmSettings {
  /** Registered name of the cluster. */
  readonly name: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly inCluster?: boolean
  /** Folder, `oci://` reference or repository; Istio's own repository when absent. */
  readonly charts?: string
  /** Where those of one version come from, when not from there. */
  readonly chartsOf?: (version: string, signal: AbortSignal) => Promise<string | undefined>
  /** Path of the program; found in PATH when absent. */
  readonly helm?: string
  /** Folder of ours for caches, pulled charts and what is at work. */
  readonly stateDir: string
  /** The server's version: charts look at it, and `helm template` asks no server. */
  readonly kubernetesVersion: (signal: AbortSignal) => Promise<string>
}

const readLimitMs = 60_000

export function kubernetesHelm(settings: HelmSettings): Helm {
  const { name: cluster } = settings
  const program = { program: settings.helm ?? 'helm', home: join(settings.stateDir, 'helm') }
  const pathOf = async (chart: ChartRef, signal: AbortSignal): Promise<string> => {
    const own = await settings.chartsOf?.(chart.version, signal)
    return chartsFrom(cluster, own ?? settings.charts ?? istioRepository, program).path(chart, signal)
  }
  const work = helmWork(cluster, program)

  /** In the pod's own cluster helm finds the service account by itself. */
  function target({ namespace }: HelmRelease): readonly string[] {
    const { inCluster, kubeconfig, context } = settings
    const where = ['--namespace', namespace]
    if (inCluster || kubeconfig === undefined) return where
    return [...where, '--kubeconfig', kubeconfig, ...(context === undefined ? [] : ['--kube-context', context])]
  }

  return {
    async version(signal) {
      const ended = await runHelm(program, ['version', '--template', '{{.Version}}'], readLimitMs, signal)
      if (ended.code !== 0)
        throw ended.code === 127 || ended.code === 126 ? noHelm(cluster) : problemOfHelm(cluster, 'version', ended)
      const version = ended.stdout.trim()
      if (!/^v[34]\./.test(version)) throw wrongVersion(cluster, version)
      return version
    },

    async template(release, chart, values, signal) {
      const path = await pathOf(chart, signal)
      const kubernetes = await settings.kubernetesVersion(signal)
      return withValues(program.home, values, async (file) => {
        const args = [
          'template',
          release.name,
          path,
          '--namespace',
          release.namespace,
          '--values',
          file,
          '--include-crds',
          '--kube-version',
          kubernetes,
        ]
        const ended = await runHelm(program, args, readLimitMs, signal)
        if (ended.code !== 0)
          throw problemOfHelm(cluster, `template of chart ${chart.chart} ${chart.version}`, ended, values)
        return objectsIn(cluster, chart, ended.stdout)
      })
    },

    async install(release, chart, values, signal) {
      const path = await pathOf(chart, signal)
      const ended = await work.run(
        release,
        values,
        (file) => ['install', release.name, path, ...target(release), '--values', file],
        signal,
      )
      if (ended.code !== 0) throw problemOfHelm(cluster, `install ${release.name}`, ended, values)
    },

    async uninstall(release, signal) {
      const ended = await work.run(release, {}, () => ['uninstall', release.name, ...target(release)], signal)
      if (ended.code === 0 || /release: not found/.test(ended.stderr)) return
      throw problemOfHelm(cluster, `uninstall ${release.name}`, ended)
    },
  }
}

async function withValues<T>(
  home: string,
  values: Readonly<Record<string, unknown>>,
  work: (file: string) => Promise<T>,
): Promise<T> {
  await mkdir(home, { recursive: true })
  const folder = await mkdtemp(join(home, 'values-'))
  try {
    await chmod(folder, 0o700)
    const file = join(folder, 'values.json') // JSON is YAML
    await writeFile(file, JSON.stringify(values), { mode: 0o600 })
    return await work(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function objectsIn(cluster: string, chart: ChartRef, text: string): readonly KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw unreadable(cluster, chart)
    const object: unknown = document.toJS()
    if (object === null) return []
    if (!isRecord(object) || typeof object['kind'] !== 'string' || !isRecord(object['metadata']))
      throw unreadable(cluster, chart)
    return [object as KubeObject]
  })
}

function unreadable(cluster: string, { chart, version }: ChartRef): Problem {
  return new Problem({
    kind: 'rejected',
    code: 'helm/unreadable',
    text: `Cluster ${cluster}: what helm renders of chart ${chart} ${version} are no Kubernetes objects.`,
    facts: { cluster },
  })
}

function wrongVersion(cluster: string, version: string): Problem {
  return new Problem({
    kind: 'not-found',
    code: 'helm/wrong-version',
    text: `Cluster ${cluster}: the helm program says it is version ${version.slice(0, 40)}; Helm 3 or 4 is needed.`,
    facts: { cluster },
  })
}
