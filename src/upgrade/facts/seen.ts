/** Looking up what was seen. Thousands of workloads ask for their pods in one look, so an observation is indexed once. */

import type { ControlPlaneFact, ReleaseFact, TagServiceFact, WebhookFact } from '../mesh.ts'
import { tagLabel } from '../istio/injection.ts'

export function controlPlaneOf(
  planes: readonly ControlPlaneFact[],
  cluster: string,
  revision: string,
): ControlPlaneFact | undefined {
  return planes.find((plane) => plane.cluster === cluster && plane.revision === revision)
}

export function releaseOf(releases: readonly ReleaseFact[], cluster: string, name: string): ReleaseFact | undefined {
  return releases.find((release) => release.cluster === cluster && release.name === name)
}

export function webhookOf(webhooks: readonly WebhookFact[], cluster: string, name: string): WebhookFact | undefined {
  return webhooks.find((webhook) => webhook.cluster === cluster && webhook.name === name)
}

/** Tag webhooks; the tag's name is in the label `istio.io/tag`. */
export function tagsOf(webhooks: readonly WebhookFact[]): readonly WebhookFact[] {
  return webhooks.filter(
    (webhook) => webhook.kind === 'MutatingWebhookConfiguration' && webhook.labels[tagLabel] !== undefined,
  )
}

export function tagName(webhook: WebhookFact): string {
  return webhook.labels[tagLabel] ?? ''
}

export function tagServiceOf(
  services: readonly TagServiceFact[],
  cluster: string,
  tag: string,
): TagServiceFact | undefined {
  return services.find((service) => service.cluster === cluster && service.tag === tag)
}

export const releaseAnnotation = 'meta.helm.sh/release-name'

/** Does every webhook of the configuration point to this Service? */
export function pointsTo(webhook: WebhookFact, service: string): boolean {
  return webhook.webhooks.length > 0 && webhook.webhooks.every((one) => one.service === service)
}

/** Indexes by the list they were made from; a list is never changed after it was seen, and goes with its index. */
const indexes = new WeakMap<readonly object[], ReadonlyMap<string, readonly object[]>>()

/** The members of a list by key. Always ask for one list with the same key function. */
export function grouped<T extends object>(
  list: readonly T[],
  keyOf: (one: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const known = indexes.get(list)
  if (known) return known as ReadonlyMap<string, readonly T[]>
  const made = Map.groupBy(list, keyOf)
  indexes.set(list, made)
  return made
}
