/** Helm's own record of a release: a Secret `sh.helm.release.v1.<name>.v<N>`, one for each stored version. */

import { gunzipSync } from 'node:zlib'
import { isRecord } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import { parseTime } from '../../lib/clock.ts'
import type { KubeObject } from '../cluster.ts'
import { count, field, text } from './read.ts'

export interface ReleaseRecord {
  readonly name: string
  /** Stored version of the release: 1, 2, ... */
  readonly version: number
  readonly status: string
  readonly chart: string
  readonly chartVersion: string
  readonly lastDeployed: number
  readonly values: Readonly<Record<string, unknown>>
  /** YAML documents; holds whatever the chart renders. */
  readonly manifest: string
}

/** Secrets of releases among these, newest stored version of each name. Name and version are on the labels: nothing is unpacked. */
export function newestOf(secrets: readonly KubeObject[]): readonly KubeObject[] {
  const newest = new Map<string, KubeObject>()
  for (const secret of secrets) {
    const name = secret.metadata.labels?.['name'] ?? ''
    const best = newest.get(name)
    if (best === undefined || versionOf(secret) > versionOf(best)) newest.set(name, secret)
  }
  return [...newest.values()]
}

function versionOf(secret: KubeObject): number {
  return Number(secret.metadata.labels?.['version'] ?? 0)
}

/** JSON, gzip, base64 by Helm, base64 again by Kubernetes (seen with Helm 4.1.4). Throws rejected, naming the Secret, when it is none. */
export function releaseRecord(secret: KubeObject): ReleaseRecord {
  const content = unpack(secret)
  const chart = field(content, 'chart', 'metadata')
  const values = field(content, 'config')
  return {
    name: text(content, 'name') ?? '',
    version: count(content, 'version'),
    status: text(content, 'info', 'status') ?? secret.metadata.labels?.['status'] ?? 'unknown',
    chart: text(chart, 'name') ?? '',
    chartVersion: text(chart, 'version') ?? '',
    lastDeployed: parseTime(text(content, 'info', 'last_deployed')) ?? 0,
    values: isRecord(values) ? values : {},
    manifest: text(content, 'manifest') ?? '',
  }
}

function unpack(secret: KubeObject): unknown {
  try {
    const byHelm = Buffer.from(text(secret, 'data', 'release') ?? '', 'base64').toString('latin1')
    return JSON.parse(gunzipSync(Buffer.from(byHelm, 'base64')).toString('utf8'))
  } catch {
    // The cause is left out: it could quote a value, and values hold secrets.
    throw new Problem({
      kind: 'rejected',
      code: 'mesh/release-unreadable',
      text: `The record of a Helm release in Secret ${secret.metadata.name} cannot be read; repair or remove that release with helm.`,
    })
  }
}
