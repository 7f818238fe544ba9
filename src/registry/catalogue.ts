/** Which versions there are, from which one may go to which, and which Kubernetes each needs: as data. */

import { covers, parseVersion } from './version.ts'
import type { Version } from './version.ts'

/** Kubernetes minors, `1.32`: a range, or a list where a product names each. */
export type KubernetesRange = { readonly min: string; readonly max?: string } | { readonly only: readonly string[] }

export interface CatalogueEntry {
  /** One version, or a family: `1.18.x`. */
  readonly version: string
  readonly kubernetes?: KubernetesRange
  /** Where the charts of this version come from, as a cluster's own; else where the cluster's do. */
  readonly charts?: string
}

export interface Hop {
  readonly from: string
  readonly to: string
}

export interface Catalogue {
  /** Names it in sentences. */
  readonly name: string
  readonly versions: readonly CatalogueEntry[]
  /** Only what is listed exists. Else a full version that is not listed is taken as it is written. */
  readonly closed: boolean
  /** Absent: upstream's rule, at most two minors ahead. */
  readonly hops?: readonly Hop[]
}

/**
 * Lowest Kubernetes minor that the installer of each Istio minor accepts, as its code has it by tag
 * (istio/istio, operator/pkg: minimum Kubernetes version). Upstream codes no highest.
 */
const kubernetesMinima: Readonly<Record<string, string>> = {
  '1.24': '1.28',
  '1.25': '1.28',
  '1.26': '1.29',
  '1.27': '1.29',
  '1.28': '1.29',
  '1.29': '1.30',
  '1.30': '1.32',
  '1.31': '1.32',
}

/** The newest announced patches we know of (November 2026): what a partial version means when nothing else says. */
const newestPatches = ['1.24.6', '1.25.5', '1.26.8', '1.27.7', '1.28.4', '1.29.9', '1.30.7', '1.31.1'] as const

/** Istio's own releases and rule; open, since the official chart repository holds more than is listed. */
export const upstreamCatalogue: Catalogue = {
  name: "Istio's own rule",
  versions: newestPatches.map((version) => ({ version })),
  closed: false,
}

/** What is in a folder of charts is what there is. */
export function catalogueOfFolder(folder: string, versions: readonly string[]): Catalogue {
  return {
    name: `the charts in ${folder}`,
    versions: versions.filter((name) => parseVersion(name)?.patch !== undefined).map((version) => ({ version })),
    closed: true,
  }
}

/** The entry that says most about a version: its own, else its family's. */
function entryOf(catalogue: Catalogue, version: Version): CatalogueEntry | undefined {
  return (
    catalogue.versions.find((entry) => parseVersion(entry.version)?.text === version.text) ??
    catalogue.versions.find((entry) => covers(entry.version, version))
  )
}

/** Its own word, else its family's. */
function given<K extends 'kubernetes' | 'charts'>(
  catalogue: Catalogue,
  version: Version,
  what: K,
): CatalogueEntry[K] | undefined {
  return (
    entryOf(catalogue, version)?.[what] ??
    catalogue.versions.find((entry) => entry[what] !== undefined && covers(entry.version, version))?.[what]
  )
}

/** A folder with `<version>/base` and `<version>/istiod`, `oci://` reference or repository; undefined: wherever the cluster's come from. */
export function chartsOf(catalogue: Catalogue, version: Version): string | undefined {
  return given(catalogue, version, 'charts')
}

/** Its own range, else its family's, else upstream's minimum; undefined where nothing is known. */
export function kubernetesOf(catalogue: Catalogue, version: Version): KubernetesRange | undefined {
  const range = given(catalogue, version, 'kubernetes')
  if (range !== undefined) return range
  const min = kubernetesMinima[`${version.major}.${version.minor}`]
  return min === undefined ? undefined : { min }
}
