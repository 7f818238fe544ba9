/** Helm's own records: one Secret for each stored version of a release, as `helm` writes and every reader of it expects. */

import { gunzipSync, gzipSync } from 'node:zlib'
import { parseAllDocuments, stringify } from 'yaml'
import { timestamp } from '../../lib/clock.ts'
import type { ChartRef, HelmRelease, KubeObject } from '../cluster.ts'
import type { Api } from './api.ts'
import { kinds } from './kinds.ts'

export interface StoredRelease {
  readonly name: string
  readonly namespace: string
  /** 1, 2, ... */
  readonly version: number
  readonly info: {
    readonly status: string
    readonly first_deployed: string
    readonly last_deployed: string
    readonly description: string
  }
  readonly chart: {
    readonly metadata: { readonly name: string; readonly version: string; readonly appVersion: string }
  }
  /** The user's values. */
  readonly config: Readonly<Record<string, unknown>>
  readonly manifest: string
}

export function newRelease(
  api: Api,
  release: HelmRelease,
  chart: ChartRef,
  config: Readonly<Record<string, unknown>>,
  objects: readonly KubeObject[],
): StoredRelease {
  const versions = storedReleases(api, release)
  const now = timestamp(api.state.now)
  return {
    ...release,
    version: (versions.at(-1)?.version ?? 0) + 1,
    info: {
      status: versions.length === 0 ? 'pending-install' : 'pending-upgrade',
      first_deployed: versions[0]?.info.first_deployed ?? now,
      last_deployed: now,
      description: versions.length === 0 ? 'Initial install underway' : 'Preparing upgrade',
    },
    chart: { metadata: { name: chart.chart, version: chart.version, appVersion: chart.version } },
    config,
    manifest: objects
      .map((each) => `---\n# Source: ${chart.chart}/templates/${each.kind.toLowerCase()}.yaml\n${stringify(each)}`)
      .join(''),
  }
}

/** Oldest first. */
export function storedReleases(api: Api, release: HelmRelease): readonly StoredRelease[] {
  return api
    .all(kinds.Secret, {
      namespace: release.namespace,
      selector: { matchLabels: { owner: 'helm', name: release.name } },
    })
    .map(decoded)
    .toSorted((a, b) => a.version - b.version)
}

export function storeRelease(api: Api, stored: StoredRelease, status: string, description: string): StoredRelease {
  const release = { ...stored, info: { ...stored.info, status, description } }
  const metadata = {
    name: secretName(stored),
    namespace: stored.namespace,
    labels: {
      owner: 'helm',
      name: stored.name,
      status,
      version: String(stored.version),
      modifiedAt: String(Math.floor(api.state.now / 1000)),
    },
  }
  const packed = gzipSync(JSON.stringify(release)).toString('base64')
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: 'helm.sh/release.v1',
    data: { release: Buffer.from(packed).toString('base64') },
  }
  const there = api.find(kinds.Secret, metadata)
  if (there) api.update(kinds.Secret, { ...there, ...secret, metadata: { ...there.metadata, ...metadata } }, 'helm')
  else api.create(kinds.Secret, secret, 'helm')
  return release
}

export function forgetReleases(api: Api, release: HelmRelease): void {
  for (const each of storedReleases(api, release))
    api.remove(kinds.Secret, { namespace: each.namespace, name: secretName(each) }, 'helm')
}

export function manifestOf(stored: StoredRelease): readonly KubeObject[] {
  return parseAllDocuments(stored.manifest).flatMap((each) => {
    const object = each.toJS() as KubeObject | null
    return object ? [object] : []
  })
}

function secretName(stored: StoredRelease): string {
  return `sh.helm.release.v1.${stored.name}.v${stored.version}`
}

function decoded(secret: KubeObject): StoredRelease {
  const packed = (secret['data'] as { readonly release: string }).release
  const text = gunzipSync(Buffer.from(Buffer.from(packed, 'base64').toString(), 'base64')).toString()
  return JSON.parse(text) as StoredRelease
}
