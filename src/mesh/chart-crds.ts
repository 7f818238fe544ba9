/** The CRDs of a base chart, as they stand in the cluster once the chart's release owns them. */

import { istioNamespace } from '../upgrade/mesh.ts'
import type { Helm, KubeObject } from './cluster.ts'

/**
 * With Helm's ownership on them: charts up to 1.22 kept CRDs outside the release, and a later upgrade of the base
 * release refuses a CRD that it finds without ("invalid ownership metadata").
 */
export async function chartCrds(
  helm: Helm,
  { version, release }: { readonly version: string; readonly release: string },
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const rendered = await helm.template(
    { name: release, namespace: istioNamespace },
    { chart: 'base', version },
    {},
    signal,
  )
  return rendered.filter((one) => one.kind === 'CustomResourceDefinition').map((one) => ownedBy(release, one))
}

/** What Helm itself writes on every object of a release; `helm template` leaves it out. */
export function ownedBy(release: string, object: KubeObject): KubeObject {
  const { labels, annotations } = object.metadata
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        ...annotations,
        'meta.helm.sh/release-name': release,
        'meta.helm.sh/release-namespace': istioNamespace,
      },
    },
  }
}
