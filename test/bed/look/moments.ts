// Moments of an upgrade that a story wants to catch, seen in the cluster alone. Looked for every 20 ms: what comes next
// takes the program longer than that.
import type { Bed } from '../bed.ts'
import type { KubeObject } from '../cluster.ts'
import { pathOf, workloadsOf } from '../apps.ts'
import type { Workload, WorkloadName } from '../apps.ts'
import { istioNamespace } from '../pairs.ts'
import type { Pair } from '../pairs.ts'
import { until } from '../time.ts'

const every = 20

/** Helm has written down that it is installing, and has not finished. */
export async function helmInstalling(bed: Bed, within: number): Promise<void> {
  const pending = `/api/v1/namespaces/${istioNamespace}/secrets?labelSelector=owner%3Dhelm,status%3Dpending-install`
  await until({ what: 'helm in the middle of an install', within, every, signal: bed.signal }, async () =>
    (await bed.cluster.list(pending)).length > 0 ? true : undefined,
  )
}

/** A namespace carries the new revision's own name. */
export async function namespaceLabelled(bed: Bed, namespace: string, revision: string, within: number): Promise<void> {
  await until({ what: `${namespace} labelled ${revision}`, within, every, signal: bed.signal }, async () => {
    const { metadata } = await bed.cluster.get(`/api/v1/namespaces/${namespace}`)
    return metadata.labels?.['istio.io/rev'] === revision ? true : undefined
  })
}

/** So many workloads of the pair have been restarted by the program. */
export async function restarted(bed: Bed, pair: Pair, count: number, within: number): Promise<void> {
  await until({ what: `${count} workloads restarted`, within, every, signal: bed.signal }, async () =>
    (await restartedNow(bed, pair)).length >= count ? true : undefined,
  )
}

type Stamped = Workload & { spec: { template: { metadata?: { annotations?: Readonly<Record<string, string>> } } } }

export async function restartedNow(bed: Bed, pair: Pair): Promise<readonly WorkloadName[]> {
  const stamped: WorkloadName[] = []
  for (const name of workloadsOf(pair)) {
    const { spec } = await bed.cluster.get<Stamped>(pathOf(name))
    if (spec.template.metadata?.annotations?.['meshlift.io/restarted'] !== undefined) stamped.push(name)
  }
  return stamped
}

type Injector = KubeObject<{
  readonly webhooks: readonly { readonly clientConfig: { readonly service: { readonly name: string } } }[]
}>

/** The first of the three writes that move an un-revisioned default: its injector calls another istiod. */
export async function defaultRedirected(bed: Bed, pair: Pair, within: number): Promise<void> {
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/istio-sidecar-injector'
  await until({ what: 'the injector redirected', within, every, signal: bed.signal }, async () => {
    const { webhooks } = await bed.cluster.get<Injector>(path)
    return webhooks.every(({ clientConfig }) => clientConfig.service.name !== pair.from.service) ? true : undefined
  })
}

/** The second of them has been begun. */
export async function hasDefaultTag(bed: Bed): Promise<boolean> {
  const tag = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/istio-revision-tag-default'
  return (await bed.cluster.find(tag)) !== undefined
}
