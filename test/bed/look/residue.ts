// What still names a revision after it should be gone.
import type { Cluster, KubeObject } from '../cluster.ts'
import { istioNamespace } from '../pairs.ts'
import { helmReleases } from './releases.ts'

const webhooks = '/apis/admissionregistration.k8s.io/v1'

interface Webhooks {
  readonly webhooks?: readonly { readonly clientConfig: { readonly service?: { readonly name: string } } }[]
}

export interface Leaving {
  /** As on labels: `default` for an un-revisioned one. */
  readonly label: string
  readonly release: string
  readonly service: string
}

/** Names of objects that belong to the revision, carry its label or point to its Service. Leases and elections included. */
export async function residueOf(cluster: Cluster, { label, release, service }: Leaving): Promise<readonly string[]> {
  const found: string[] = []
  for (const kind of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'])
    for (const { metadata, webhooks: hooks } of await cluster.list<KubeObject<Webhooks>>(`${webhooks}/${kind}`)) {
      if (hooks?.some(({ clientConfig }) => clientConfig.service?.name === service))
        found.push(`${metadata.name} calls ${service}`)
      if (metadata.labels?.['istio.io/rev'] === label) found.push(`${metadata.name} has the label ${label}`)
    }
  const inIstio: readonly (readonly [string, string])[] = [
    ['/api/v1', 'services'],
    ['/api/v1', 'configmaps'],
    ['/api/v1', 'serviceaccounts'],
    ['/api/v1', 'pods'],
    ['/apis/apps/v1', 'deployments'],
    ['/apis/policy/v1', 'poddisruptionbudgets'],
    ['/apis/rbac.authorization.k8s.io/v1', 'roles'],
    ['/apis/rbac.authorization.k8s.io/v1', 'rolebindings'],
    ['/apis/coordination.k8s.io/v1', 'leases'],
  ]
  for (const [group, kind] of inIstio)
    for (const { metadata } of await cluster.list(`${group}/namespaces/${istioNamespace}/${kind}`)) {
      const owned = metadata.annotations?.['meta.helm.sh/release-name'] === release
      const ofRevision = metadata.labels?.['istio.io/rev'] === label
      const lease = kind === 'leases' && metadata.name.endsWith(`-${label}`)
      if (owned || ofRevision || lease) found.push(`${kind} ${metadata.name}`)
    }
  for (const { name, status } of await helmReleases(cluster))
    if (name === release) found.push(`Helm release ${name} (${status})`)
  return [...new Set(found)]
}
