/** What the removal of a release leaves where it is, and why. */

import type { KubeObject, Resource } from '../cluster.ts'
import { items } from '../observe/read.ts'
import { serviceOf } from '../observe/webhooks.ts'
import { keyOf } from './stored-releases.ts'

export interface Found {
  /** Undefined for a kind that no chart of Istio makes: it cannot even be fetched. */
  readonly resource: Resource | undefined
  readonly object: KubeObject
  /** In the release's stored manifest; else found by the revision's label. */
  readonly stored: boolean
}

interface Removal {
  readonly release: string
  readonly revision: string
  /** `keyOf` of what other releases' manifests hold, with the release. */
  readonly others: ReadonlyMap<string, string>
}

/** What every revision shares or what is not the charts' to take away. */
const shared = new Set(['Namespace', 'CustomResourceDefinition'])

/** Undefined when nothing speaks for keeping it. The live object decides: a tag that moved names another release by now. */
export function whyKept(
  { resource, object, stored }: Found,
  { release, revision, others }: Removal,
): string | undefined {
  if (resource === undefined) return 'of a kind that the charts of Istio do not make'
  if (shared.has(resource.kind) || object.metadata.name === 'istiod-default-validator') return 'shared by all revisions'
  const owner = ownerOf(object)
  if (owner !== undefined && owner !== release) return `owned by Helm release ${owner} now`
  // Somebody may have moved a tag by its label and Service and left the owner as it was (B1).
  const { labels = {} } = object.metadata
  if (labels['istio.io/tag'] !== undefined && labels['istio.io/rev'] !== revision)
    return `a tag of revision ${labels['istio.io/rev'] ?? 'nobody'} now`
  if (stored && owner === undefined) return 'no longer owned by a Helm release'
  // Made by istioctl, so its user's; that it still points here is what the guard refuses.
  if (owner === undefined && labels['istio.io/tag'] !== undefined) return "a tag of nobody's release"
  const other = others.get(keyOf({ kind: resource.kind, metadata: object.metadata }))
  return other === undefined ? undefined : `also made by Helm release ${other}`
}

/** The Helm release that a live object says it belongs to. */
export function ownerOf({ metadata: { annotations } }: KubeObject): string | undefined {
  return annotations?.['meta.helm.sh/release-name']
}

/** A Service that is called by a webhook which stays must stay: without it every write that the webhook looks at is refused. */
export function callerOf({ resource, object }: Found, webhooks: readonly KubeObject[]): string | undefined {
  if (resource?.kind !== 'Service') return undefined
  const caller = webhooks.find((one) =>
    items(one, 'webhooks').some((webhook) => serviceOf(webhook) === object.metadata.name),
  )
  return caller === undefined ? undefined : `${caller.kind} ${caller.metadata.name} still calls it`
}

/**
 * Is this object with the revision's label part of a control plane? As `istioctl uninstall` decides; gateways, workloads
 * and namespaces that follow the revision carry its label too.
 */
export function isOfControlPlane({ metadata: { labels = {} } }: KubeObject): boolean {
  return (
    labels['operator.istio.io/component'] === 'Pilot' ||
    labels['app.kubernetes.io/name'] === 'istiod' ||
    labels['app'] === 'istiod' ||
    labels['app'] === 'sidecar-injector'
  )
}
