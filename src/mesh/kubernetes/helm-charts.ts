/** Where Istio's charts come from: a folder, an OCI registry, or a chart repository; the last two are pulled once and kept. */

import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../../lib/problem.ts'
import type { ChartRef } from '../cluster.ts'
import { noHelm, words } from './helm-failure.ts'
import { runHelm } from './helm-program.ts'
import type { HelmProgram } from './helm-program.ts'

/** Istio's own (istio.io: Install with Helm). */
export const istioRepository = 'https://istio-release.storage.googleapis.com/charts'

const pullLimitMs = 120_000

export interface Charts {
  /** A path that helm takes for a chart. @throws Problem unavailable: not there, or cannot be pulled; not-found: no helm */
  path(chart: ChartRef, signal: AbortSignal): Promise<string>
}

/** @param source `https://...`, `oci://...` (charts `base` and `istiod` below it), or a folder with `<version>/base` and `<version>/istiod`. */
export function chartsFrom(cluster: string, source: string, helm: HelmProgram): Charts {
  if (!/^(https?|oci):\/\//.test(source)) return chartsInFolder(cluster, source)
  const kept = join(helm.home, 'charts', createHash('sha256').update(source).digest('hex').slice(0, 16))
  return {
    async path(chart, signal) {
      const file = join(kept, `${chart.chart}-${chart.version}.tgz`)
      if (await isThere(file)) return file
      await pull(cluster, source, helm, chart, kept, file, signal)
      return file
    },
  }
}

function chartsInFolder(cluster: string, folder: string): Charts {
  return {
    async path({ chart, version }) {
      const path = join(folder, version, chart)
      for (const candidate of [path, `${path}.tgz`]) if (await isThere(candidate)) return candidate
      throw unavailable(
        cluster,
        `there is no chart ${chart} of Istio ${version} in the charts folder ${folder} (expected ${version}/${chart})`,
      )
    },
  }
}

async function pull(
  cluster: string,
  source: string,
  helm: HelmProgram,
  { chart, version }: ChartRef,
  kept: string,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(kept, { recursive: true })
  // Into a folder of its own and moved when whole: a pull that was killed must not be taken for a chart.
  const half = await mkdtemp(join(kept, 'pull-'))
  try {
    const from = source.startsWith('oci:') ? [`${source.replace(/\/$/, '')}/${chart}`] : [chart, '--repo', source]
    const ended = await runHelm(
      helm,
      ['pull', ...from, '--version', version, '--destination', half],
      pullLimitMs,
      signal,
    )
    if (ended.code === 127 || ended.code === 126) throw noHelm(cluster)
    if (ended.code !== 0)
      throw unavailable(
        cluster,
        `chart ${chart} of Istio ${version} cannot be pulled from ${withoutLogin(source)}: ${words(ended.stderr, {})}`,
      )
    const [pulled] = await readdir(half)
    if (pulled === undefined) throw unavailable(cluster, `helm pulled no file for chart ${chart} of Istio ${version}`)
    await rename(join(half, pulled), file)
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}

function withoutLogin(source: string): string {
  return source.replace(/\/\/[^/@]*@/, '//')
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch {
    return false
  }
}

function unavailable(cluster: string, why: string): Problem {
  return new Problem({
    kind: 'unavailable',
    code: 'helm/no-chart',
    text: `Cluster ${cluster}: ${why}.`,
    facts: { cluster },
  })
}
