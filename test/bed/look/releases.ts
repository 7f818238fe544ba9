// Helm's memory, read from its Secrets: what is released, with which chart and values.
import { gunzipSync } from 'node:zlib'
import type { Cluster, KubeObject } from '../cluster.ts'
import { istioNamespace } from '../pairs.ts'

export interface Release {
  readonly name: string
  readonly revision: number
  readonly status: string
  readonly chart: string
  readonly values: unknown
  readonly manifest: string
}

type Secret = KubeObject<{ readonly data: { readonly release: string } }>

interface Stored {
  readonly name: string
  readonly version: number
  readonly info: { readonly status: string }
  readonly chart: { readonly metadata: { readonly name: string; readonly version: string } }
  readonly config?: unknown
  readonly manifest: string
}

export async function helmReleases(cluster: Cluster): Promise<readonly Release[]> {
  const secrets = await cluster.list<Secret>(`/api/v1/namespaces/${istioNamespace}/secrets?labelSelector=owner%3Dhelm`)
  return secrets.map(({ data }) => {
    // Helm encodes gzip in base64, and the API encodes that once more.
    const packed = Buffer.from(Buffer.from(data.release, 'base64').toString(), 'base64')
    const { name, version, info, chart, config, manifest } = JSON.parse(gunzipSync(packed).toString()) as Stored
    const { metadata } = chart
    return {
      name,
      revision: version,
      status: info.status,
      chart: `${metadata.name}-${metadata.version}`,
      values: config ?? {},
      manifest,
    }
  })
}
