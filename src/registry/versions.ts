/** What a caller's version means, and whether a mesh may go there (asm-api Q19). Pure. */

import { kubernetesOf } from './catalogue.ts'
import type { Catalogue, KubernetesRange } from './catalogue.ts'
import { compareVersions, covers, isFamily, isMeant, parseVersion } from './version.ts'
import type { Version } from './version.ts'

/** `why`: one sentence. `allowed`: versions that would be accepted instead, newest first. */
export type Judgement = { readonly ok: true } | Refusal
export interface Refusal {
  readonly ok: false
  readonly why: string
  readonly allowed: readonly string[]
}

export type Resolution = { readonly ok: true; readonly version: string } | Refusal

/** Asked `v1.30`, `1.30`, `1.30.2` or `1.15.7-r4`; a partial one means the newest that matches. */
export function resolveVersion(asked: string, catalogue: Catalogue): Resolution {
  const version = parseVersion(asked)
  const known = knownVersions(catalogue)
  if (version === undefined) return refusal(`${asked} is not a version; write it as 1.30.2, v1.30 or 1.15.7-r4`, known)
  const exact = known.find(({ text }) => text === version.text)
  const newest = exact ?? known.find((one) => isMeant(version, one))
  if (newest !== undefined) return { ok: true, version: newest.text }
  const full = version.patch !== undefined
  const family = catalogue.versions.some((entry) => isFamily(entry.version) && covers(entry.version, version))
  if (full && (!catalogue.closed || family)) return { ok: true, version: version.text }
  if (family)
    return refusal(`${asked} names no single version and ${catalogue.name} lists none of it; write it in full`, known)
  return refusal(`${asked} is unknown to ${catalogue.name}`, known)
}

/** Whether a mesh may go from one version to another: never equal, never back, and by a hop that is allowed. */
export function judgeHop(from: string, to: string, catalogue: Catalogue): Judgement {
  const why = hopRefused(from, to, catalogue)
  return why === undefined ? { ok: true } : refusal(why, allowedFrom(from, catalogue))
}

/** Whether a version runs on that Kubernetes (`1.35.4`, `v1.33.1-eks-1`). */
export function judgeKubernetes(to: string, kubernetes: string, catalogue: Catalogue, from?: string): Judgement {
  const why = kubernetesRefused(to, kubernetes, catalogue)
  if (why === undefined) return { ok: true }
  const reachable = from === undefined ? knownVersions(catalogue) : allowedFrom(from, catalogue)
  return refusal(
    why,
    reachable.filter(({ text }) => kubernetesRefused(text, kubernetes, catalogue) === undefined),
  )
}

/** Both, for one cluster; `allowed` holds only what passes both. */
export function judge(from: string, to: string, kubernetes: string | undefined, catalogue: Catalogue): Judgement {
  const why =
    hopRefused(from, to, catalogue) ??
    (kubernetes === undefined ? undefined : kubernetesRefused(to, kubernetes, catalogue))
  if (why === undefined) return { ok: true }
  return refusal(
    why,
    allowedFrom(from, catalogue).filter(
      ({ text }) => kubernetes === undefined || kubernetesRefused(text, kubernetes, catalogue) === undefined,
    ),
  )
}

/** One sentence with what would be accepted; undefined when it was. */
export function told(judgement: Judgement | Resolution): string | undefined {
  if (judgement.ok) return undefined
  const { why, allowed } = judgement
  return `${why}. ${allowed.length === 0 ? 'No version would be accepted' : `Accepted: ${allowed.join(', ')}`}.`
}

function hopRefused(from: string, to: string, catalogue: Catalogue): string | undefined {
  const [start, end] = [parseVersion(from), parseVersion(to)]
  if (start === undefined) return `The installed version ${from} is not one that can be compared`
  if (end === undefined) return `${to} is not a version`
  const order = compareVersions(end, start)
  if (order === 0) return `${to} is what is installed`
  if (order < 0) return `${to} is older than the installed ${from}`
  if (catalogue.hops !== undefined) {
    const allowed = catalogue.hops.some((hop) => covers(hop.from, start) && covers(hop.to, end))
    return allowed ? undefined : `${catalogue.name} has no way from ${from} to ${to}`
  }
  if (start.major === end.major && end.minor - start.minor <= 2) return undefined
  return `${to} is more than two minor versions ahead of the installed ${from}`
}

function kubernetesRefused(to: string, kubernetes: string, catalogue: Catalogue): string | undefined {
  const [version, cluster] = [parseVersion(to), parseVersion(kubernetes)]
  if (version === undefined) return `${to} is not a version`
  if (cluster === undefined) return `The cluster's version ${kubernetes} is not one that can be compared`
  const range = kubernetesOf(catalogue, version)
  if (range === undefined || inRange(range, cluster)) return undefined
  return `${to} needs Kubernetes ${rangeText(range)}, the cluster has ${kubernetes}`
}

function inRange(range: KubernetesRange, { major, minor }: Version): boolean {
  const place = (text: string): number => {
    const limit = parseVersion(text)
    return limit === undefined ? Number.NaN : limit.major * 1_000 + limit.minor
  }
  const here = major * 1_000 + minor
  if ('only' in range) return range.only.some((text) => place(text) === here)
  return here >= place(range.min) && (range.max === undefined || here <= place(range.max))
}

function rangeText(range: KubernetesRange): string {
  if ('only' in range) return range.only.join(', ')
  return range.max === undefined ? `${range.min} or newer` : `${range.min} to ${range.max}`
}

/** Single versions of the catalogue, newest first, pre-releases last. */
function knownVersions(catalogue: Catalogue): readonly Version[] {
  return catalogue.versions
    .flatMap(({ version }) => (isFamily(version) ? [] : (parseVersion(version) ?? [])))
    .toSorted((a, b) => Number(a.pre !== undefined) - Number(b.pre !== undefined) || compareVersions(b, a))
}

function allowedFrom(from: string, catalogue: Catalogue): readonly Version[] {
  return knownVersions(catalogue).filter(({ text }) => hopRefused(from, text, catalogue) === undefined)
}

function refusal(why: string, allowed: readonly Version[]): Refusal {
  return { ok: false, why, allowed: allowed.map(({ text }) => text) }
}
