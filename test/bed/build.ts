// Builds whatever part of the bed is not in the cache yet: `node test/bed/build.ts`.
import { pathToFileURL } from 'node:url'
import { buildInto, folderOf, isBuilt } from './parts/cache.ts'
import type { Part } from './parts/cache.ts'
import { istioVersions, parts } from './parts/parts.ts'
import type { IstioVersion } from './parts/parts.ts'
import { lookAtMachine } from './parts/requirements.ts'
import { say } from './say.ts'
import { seconds, stopwatch } from './time.ts'

/** Folders of the finished parts. */
export interface Installed {
  readonly kube: string
  readonly etcd: string
  readonly kwok: string
  readonly helm: string
  /** Holds `<version>/base` and `<version>/istiod`. */
  readonly charts: string
  readonly istio: Readonly<Record<IstioVersion, string>>
}

/** The finished parts, or the sentence that says why this machine cannot have them. */
export async function build(signal: AbortSignal): Promise<Installed | string> {
  const total = stopwatch()
  const all: readonly Part[] = [
    parts.helm,
    parts.etcd,
    parts.kwok,
    parts.charts,
    parts.kube,
    ...Object.values(parts.istio),
  ]
  const folders = await Promise.all(all.map(folderOf))
  const cold = folders.some((folder) => !isBuilt(folder))
  const machine = await lookAtMachine(cold, signal)
  if (machine !== 'ready') return machine.missing
  for (const [index, part] of all.entries()) {
    const folder = folders[index]
    if (folder === undefined || isBuilt(folder)) continue
    const elapsed = stopwatch()
    await buildInto(folder, part, signal)
    say(`bed: built ${part.name} in ${seconds(elapsed())}`)
  }
  say(`bed: ${all.length} parts ready after ${seconds(total())}${cold ? '' : ' (all from the cache)'}`)
  return installed()
}

async function installed(): Promise<Installed> {
  const istio: Partial<Record<IstioVersion, string>> = {}
  for (const version of versions()) istio[version] = await folderOf(parts.istio[version])
  return {
    kube: await folderOf(parts.kube),
    etcd: await folderOf(parts.etcd),
    kwok: await folderOf(parts.kwok),
    helm: await folderOf(parts.helm),
    charts: await folderOf(parts.charts),
    istio: istio as Record<IstioVersion, string>,
  }
}

function versions(): readonly IstioVersion[] {
  return Object.keys(istioVersions) as IstioVersion[]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const outcome = await build(new AbortController().signal)
  if (typeof outcome === 'string') {
    say(outcome)
    process.exitCode = 1
  }
}
