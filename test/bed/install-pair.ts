// Makes the mesh of a pair the way a user would: helm, istioctl, and applied objects.
import { join } from 'node:path'
import { applyApps } from './apps.ts'
import type { Bed } from './bed.ts'
import type { KubeObject } from './cluster.ts'
import { baseValues, istiodValues, istioNamespace } from './pairs.ts'
import type { Pair } from './pairs.ts'
import type { IstioVersion } from './parts/parts.ts'
import { until } from './time.ts'

export function chart(bed: Bed, version: IstioVersion, name: 'base' | 'istiod'): string {
  return join(bed.installed.charts, version, name)
}

/** Installs the mesh of a pair with its charts, tags, namespaces and apps, and waits until all of it stands. */
export async function installPair(bed: Bed, pair: Pair): Promise<void> {
  const { from } = pair
  await helmInstall(bed, 'istio-base', chart(bed, from.version, 'base'), baseValues(from.revision))
  await helmInstall(bed, from.release, chart(bed, from.version, 'istiod'), istiodValues(pair))
  await istiodReady(bed, from.service)
  if (pair.istioctlTag !== undefined) {
    const made = await bed.istioctl(['tag', 'set', pair.istioctlTag, '--revision', from.revision])
    if (made.code !== 0) throw new Error(`istioctl tag set: ${made.stderr}`)
  }
  await webhooksTrusted(bed)
  await applyApps(bed, pair)
}

export async function helmInstall(bed: Bed, release: string, folder: string, values: unknown): Promise<void> {
  const args = ['install', release, folder, '--namespace', istioNamespace, '--create-namespace', '--values', '-']
  const ended = await bed.helm(args, JSON.stringify(values))
  if (ended.code !== 0) throw new Error(`helm ${args.join(' ')}: ${ended.stderr}`)
}

type EndpointSlice = KubeObject<{
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[]
}>

export async function hasReadyEndpoint(bed: Bed, service: string): Promise<boolean> {
  const slices = `/apis/discovery.k8s.io/v1/namespaces/${istioNamespace}/endpointslices?labelSelector=kubernetes.io/service-name%3D${service}`
  const found = await bed.cluster.list<EndpointSlice>(slices)
  return found.some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions?.ready === true))
}

/** Webhook calls go to the Service's endpoints, so "ready" means a ready endpoint, not a ready pod. */
export async function istiodReady(bed: Bed, service: string): Promise<void> {
  await until({ what: `${service} ready`, within: 60_000, signal: bed.signal }, async () =>
    (await hasReadyEndpoint(bed, service)) ? true : undefined,
  )
}

type WebhookConfiguration = KubeObject<{
  readonly webhooks?: readonly { readonly clientConfig: { readonly caBundle?: string } }[]
}>

/** Istiod fills in its root certificate a moment after a webhook appears; pods made earlier would be refused. */
async function webhooksTrusted(bed: Bed): Promise<void> {
  for (const kind of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'])
    await until({ what: `${kind} with a caBundle`, within: 30_000, signal: bed.signal }, async () => {
      const all = await bed.cluster.list<WebhookConfiguration>(`/apis/admissionregistration.k8s.io/v1/${kind}`)
      const open = all
        .flatMap(({ webhooks }) => webhooks ?? [])
        .filter(({ clientConfig }) => (clientConfig.caBundle ?? '') === '')
      return open.length === 0 ? true : undefined
    })
}
