/** Who still needs a revision: asked before its control plane is removed. Unknown counts as in use. */

import { effectiveInjection, injectedBy, revisionLabel } from '../istio/injection.ts'
import { injectorName, validatorName } from '../istio/revisions.ts'
import { istioNamespace, type Observation, type PodFact } from '../mesh.ts'
import { namespaceOf } from '../moves/moving.ts'
import { isOn } from '../moves/namespaces.ts'
import type { ControlPlaneRef } from '../record.ts'
import { tagName, tagsOf } from './seen.ts'

export const residueParts = [
  'controlPlanes',
  'webhooks',
  'tagServices',
  'namespaces',
  'workloads',
  'pods',
  'batch',
  'pinned',
] as const
type Seen = Observation<(typeof residueParts)[number]>

export interface Residue {
  /** `pod shop/cart-1`, `tag prod`, ... */
  readonly about: string
  /** It goes by itself: a pod that is terminating. */
  readonly leaving: boolean
}

/** @param other the control plane that stays: what resolves to it needs nobody else. */
export function residueOf(revision: ControlPlaneRef, other: ControlPlaneRef, seen: Seen): readonly Residue[] {
  const stays = (about: string): Residue => ({ about, leaving: false })
  const own = new Set([injectorName(revision.revision), validatorName(revision.revision, istioNamespace)])
  const tags = tagsOf(seen.webhooks)
  return [
    ...seen.pods
      .filter((pod) => uses(pod, revision))
      .map((pod) => ({ about: `pod ${pod.namespace}/${pod.name}`, leaving: pod.terminating })),
    ...seen.namespaces
      .filter((namespace) => !namespace.terminating && isOn(namespace, revision.revision, seen))
      .map((namespace) => stays(`namespace ${namespace.name}`)),
    ...tags
      .filter((tag) => tag.webhooks.some((webhook) => webhook.service === revision.service))
      .map((tag) => stays(`tag ${tagName(tag)}`)),
    ...seen.tagServices
      .filter(
        (service) =>
          service.revision === revision.revision &&
          !tags.some((tag) => tagName(tag) === service.tag && tag.labels[revisionLabel] === revision.revision),
      )
      .map((service) => stays(`Service ${service.name} of tag ${service.tag}`)),
    ...seen.webhooks
      .filter(
        (webhook) =>
          !own.has(webhook.name) &&
          !tags.includes(webhook) &&
          webhook.webhooks.some((one) => one.service === revision.service),
      )
      .map((webhook) => stays(`${webhook.kind} ${webhook.name}`)),
    ...[
      ...seen.workloads.map((workload) => ({ ...workload, what: workload.kind as string })),
      ...seen.batch
        .filter((job) => job.kind === 'CronJob')
        .map((job) => ({ ...job, what: job.kind as string, podAnnotations: {}, hostNetwork: false })),
    ]
      .filter((workload) => asksByItself(workload, revision, seen))
      .map((workload) => stays(`${workload.what} ${workload.namespace}/${workload.name}`)),
    // For an un-revisioned one the label says `default`, and a default tag of the other control plane answers to that by then.
    ...seen.pinned
      .filter(
        (config) =>
          config.revision === revision.revision &&
          !tags.some((tag) => tagName(tag) === config.revision && tag.labels[revisionLabel] === other.revision),
      )
      .map((config) => stays(config.about)),
  ]
}

/** By what injected it and by whom it talks to: the annotation alone can lie (decision 2). */
export function uses(pod: PodFact, { revision, service }: ControlPlaneRef): boolean {
  if (!pod.injection || pod.phase === 'Succeeded' || pod.phase === 'Failed') return false
  return pod.injection.revision === revision || pod.injection.discovery.startsWith(`${service}.`)
}

/** A template whose next pod would be injected by it, though nothing runs now (scaled to zero, a CronJob between two runs). */
function asksByItself(
  workload: {
    readonly cluster: string
    readonly namespace: string
    readonly podLabels: Readonly<Record<string, string>>
    readonly podAnnotations: Readonly<Record<string, string>>
    readonly hostNetwork: boolean
  },
  { revision }: ControlPlaneRef,
  seen: Seen,
): boolean {
  const namespace = namespaceOf(workload, seen)
  if (!namespace) return false
  const { cluster, podLabels: pod, podAnnotations, hostNetwork } = workload
  return injectedBy(
    effectiveInjection({ cluster, namespace: namespace.labels, pod, podAnnotations, hostNetwork }, seen),
    revision,
  )
}
