/**
 * Who would inject a pod: asked of the live webhook selectors, never of a table (decision 22). Revisions are resolved by
 * object (the Service a webhook points to), never by name: `default` is a tag, a label of an un-revisioned istiod and an annotation.
 */

import type { ControlPlaneFact, Injection, Labels, WebhookFact } from '../mesh.ts'
import { matches } from './selectors.ts'

export const revisionLabel = 'istio.io/rev'
export const injectionLabel = 'istio-injection'
const injectLabel = 'sidecar.istio.io/inject'
export const tagLabel = 'istio.io/tag'

export interface Injector {
  /** Name of the webhook configuration. */
  readonly webhook: string
  readonly service: string
  /** Revision of the control plane behind the Service; undefined when none of the known ones has it. */
  readonly revision: string | undefined
}

export interface Candidate {
  readonly cluster: string
  readonly namespace: Labels
  readonly pod: Labels
  readonly podAnnotations?: Labels
  readonly hostNetwork?: boolean
}

export interface Seen {
  readonly webhooks: readonly WebhookFact[]
  readonly controlPlanes: readonly ControlPlaneFact[]
}

/** All injectors that match; one is healthy, none means no sidecar, two means a pod that is injected twice or refused. */
export function injectorsOf(candidate: Candidate, seen: Seen): readonly Injector[] {
  if (candidate.hostNetwork || candidate.podAnnotations?.[injectLabel] === 'false') return []
  return seen.webhooks
    .filter((configuration) => configuration.cluster === candidate.cluster)
    .flatMap((configuration) => {
      const hit = configuration.webhooks.find(
        (webhook) =>
          webhook.injects &&
          matches(webhook.namespaceSelector, candidate.namespace) &&
          matches(webhook.objectSelector, candidate.pod),
      )
      if (!hit) return []
      const service = hit.service ?? ''
      return [{ webhook: configuration.name, service, revision: revisionBehind(service, candidate.cluster, seen) }]
    })
}

/** The one revision that would inject; `none`, or `several` when control planes of more than one revision would. */
export type Effective =
  | { readonly by: 'revision'; readonly revision: string }
  | { readonly by: 'none' }
  | { readonly by: 'several'; readonly webhooks: readonly string[] }
  | { readonly by: 'unknown'; readonly service: string }

export function effectiveInjection(candidate: Candidate, seen: Seen): Effective {
  const injectors = injectorsOf(candidate, seen)
  const first = injectors[0]
  if (!first) return { by: 'none' }
  const unknown = injectors.find((injector) => injector.revision === undefined)
  if (unknown) return { by: 'unknown', service: unknown.service }
  if (injectors.some((injector) => injector.revision !== first.revision))
    return { by: 'several', webhooks: injectors.map((injector) => injector.webhook) }
  return { by: 'revision', revision: first.revision as string }
}

export function injectedBy(effective: Effective, revision: string): boolean {
  return effective.by === 'revision' && effective.revision === revision
}

export function revisionBehind(
  service: string,
  cluster: string,
  seen: Pick<Seen, 'controlPlanes'>,
): string | undefined {
  return seen.controlPlanes.find((plane) => plane.cluster === cluster && plane.service === service)?.revision
}

/** Does the namespace itself ask for a sidecar (not only single pods in it)? */
export function isInMesh(labels: Labels): boolean {
  return labels[revisionLabel] !== undefined || labels[injectionLabel] === 'enabled'
}

/** The labels that choose a revision, and only those. */
export function choiceOf(labels: Labels): Labels {
  return Object.fromEntries(
    [injectionLabel, revisionLabel].flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])),
  )
}

export function withChoice(labels: Labels, choice: Labels): Labels {
  const rest = Object.fromEntries(
    Object.entries(labels).filter(([key]) => key !== injectionLabel && key !== revisionLabel),
  )
  return { ...rest, ...choice }
}

/**
 * A pod counts as moved only when annotation, proxy image and discovery address all are the expected ones: a pod in flight
 * during a label patch is injected twice and carries the new annotation with the old proxy (seen 1.22 to 1.31).
 */
export function sameInjection(
  injection: Injection | undefined,
  expected: Injection,
  annotations: Labels = {},
): boolean {
  if (!injection || injection.proxies !== 1) return false
  return (
    injection.revision === expected.revision &&
    injection.discovery === expected.discovery &&
    sameProxy(injection.image, annotations['sidecar.istio.io/proxyImage'] ?? expected.image)
  )
}

/**
 * A namespace's ProxyConfig (`image.imageType`) or the annotation `sidecar.istio.io/proxyImageType` chooses another build
 * of the same version; the dry-run pod it is compared with stands elsewhere and has none.
 */
export function sameProxy(image: string, other: string): boolean {
  return withoutVariant(image) === withoutVariant(other)
}

const withoutVariant = (image: string): string => image.replace(/-(?:distroless|debug)(?=$|@)/, '')
