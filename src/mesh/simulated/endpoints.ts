/** Which istiods there are and which of them a Service reaches: pods, as endpoints have it. */

import type { Api } from './api.ts'
import { kinds } from './kinds.ts'
import { matches } from './selectors.ts'
import type { Pod, ServiceObject } from './shapes.ts'
import { isGoing, isReady } from './shapes.ts'

export const meshNamespace = 'istio-system'

/** One istiod pod, as its labels and its `discovery` container tell. */
export interface Istiod {
  /** `default` for an un-revisioned one. */
  readonly revision: string
  /** Image tag, `1.31.0`. */
  readonly version: string
  readonly hub: string
  /** `istiod-1-31.istio-system.svc:15012`. */
  readonly address: string
  readonly env: Readonly<Record<string, string>>
}

export function istiodOf(pod: Pod): Istiod | undefined {
  const container = pod.spec.containers.find((each) => each.name === 'discovery')
  const revision = pod.metadata.labels?.['istio.io/rev']
  if (!container || pod.metadata.labels?.['app'] !== 'istiod' || revision === undefined) return undefined
  const colon = container.image.lastIndexOf(':')
  const image = container.image.slice(0, colon)
  return {
    revision,
    version: container.image.slice(colon + 1),
    hub: image.slice(0, image.lastIndexOf('/')),
    address: `${serviceNameOf(revision)}.${meshNamespace}.svc:15012`,
    env: Object.fromEntries((container.env ?? []).map((each) => [each.name, each.value ?? ''])),
  }
}

export function serviceNameOf(revision: string): string {
  return revision === 'default' ? 'istiod' : `istiod-${revision}`
}

export function istiodPods(api: Api): readonly { readonly pod: Pod; readonly istiod: Istiod }[] {
  return api.all(kinds.Pod, { namespace: meshNamespace }).flatMap((each) => {
    const istiod = istiodOf(each as Pod)
    return istiod ? [{ pod: each as Pod, istiod }] : []
  })
}

/** Ready ones that stay: who fills caBundles and holds leases. */
export function liveIstiods(api: Api): readonly Istiod[] {
  return istiodPods(api).flatMap(({ pod, istiod }) => (isReady(pod) && !isGoing(pod) ? [istiod] : []))
}

/** The istiod that answers a webhook, or the API server's words for why none does. */
export function behindService(
  api: Api,
  service: { readonly name: string; readonly namespace: string },
): Istiod | { readonly trouble: string } {
  const object = api.find(kinds.Service, service) as ServiceObject | undefined
  if (!object) return { trouble: `service "${service.name}" not found` }
  const { selector } = object.spec
  const pod = selector
    ? api
        .all(kinds.Pod, { namespace: service.namespace, selector: { matchLabels: selector } })
        .find((each) => isReady(each as Pod) && !isGoing(each))
    : undefined
  const istiod = pod && istiodOf(pod as Pod)
  return istiod ?? { trouble: `no endpoints available for service "${service.name}"` }
}

export function labelled(pod: Pod, labels: Readonly<Record<string, string>>): boolean {
  return matches({ matchLabels: labels }, pod.metadata.labels)
}
