/**
 * What the exact removal of a control plane deletes, in order, and what it keeps and why.
 *
 * Never a blind uninstall: Helm goes by the stored manifest and deletes a tag that has long moved to another revision.
 * So each document of the newest manifest counts only while the *live* object still names this release. Beside them
 * goes what carries the revision's label, among the kinds that the charts make - for an un-revisioned control plane that
 * label is `default`, which namespaces and gateways of users carry too, hence the closed list and the component labels.
 */

import { istioNamespace } from '../../upgrade/mesh.ts'
import type { Answer, ObjectRef } from '../../upgrade/mesh.ts'
import { parseAllDocuments } from 'yaml'
import type { KubeObject, Resource } from '../cluster.ts'
import type { Look } from '../observe/look.ts'
import { eachOf } from '../observe/look.ts'
import { field, seen, text } from '../observe/read.ts'
import { newestOf, releaseRecord } from '../observe/release-record.ts'
import { serviceOf } from '../observe/webhooks.ts'
import { items } from '../observe/read.ts'
import {
  autoscalers,
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  deployments,
  disruptionBudgets,
  leases,
  mutatingWebhooks,
  networkPolicies,
  pods,
  resourceFor,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  services,
  validatingWebhooks,
} from '../resources.ts'
import { objectRef } from './object-ref.ts'
import { inRemovalOrder } from './removal-order.ts'

type BelongingsAnswer = Extract<Answer, { ask: 'belongings' }>

interface Found {
  readonly resource: Resource
  readonly object: KubeObject
}

interface Kept {
  readonly about: string
  readonly why: string
}

/** Kinds that a revision's label is searched on; the charts make no others with it. */
const labelled: readonly Resource[] = [
  mutatingWebhooks,
  validatingWebhooks,
  autoscalers,
  disruptionBudgets,
  deployments,
  services,
  configMaps,
  roleBindings,
  clusterRoleBindings,
  roles,
  clusterRoles,
  serviceAccounts,
  networkPolicies,
]

/** What every revision shares or what is not the charts' to take away. */
const neverRemoved = new Set(['Namespace', 'CustomResourceDefinition'])

export async function askBelongings(
  look: Look,
  { release, revision }: { readonly release: string; readonly revision: string },
): Promise<BelongingsAnswer> {
  const { ofRelease, manifest, others } = await storedReleases(look, release)
  const [fromManifest, byLabel, mutating, validating, allLeases, itsPods] = await Promise.all([
    liveOf(look, manifest),
    withLabel(look, revision),
    look.list(mutatingWebhooks),
    look.list(validatingWebhooks),
    look.list(leases, { namespace: istioNamespace }),
    look.list(pods, { namespace: istioNamespace, labelSelector: `app=istiod,istio.io/rev=${revision}` }),
  ])

  const judged = [
    ...fromManifest.map((one) => ({ ...one, why: whyKept(one, release, others) })),
    ...byLabel
      .filter((one) => isNewTo(fromManifest, one))
      .map((one) => ({ ...one, why: whyKeptByLabel(one, release, others) })),
  ]
  const going = judged.filter((one) => one.why === undefined)
  const callers = [...mutating, ...validating].filter((one) => isNewTo(going, { object: one }))
  const gone = going.filter((one) => callersOf(one, callers).length === 0)
  const kept: readonly Kept[] = [
    ...judged.flatMap(({ resource, object, why }) =>
      why === undefined ? [] : [{ about: nameOf(resource, object), why }],
    ),
    ...going.flatMap((one) => stillCalled(one, callers)),
  ]

  const cluster = look.cluster.name
  const remove: readonly ObjectRef[] = [
    ...inRemovalOrder(gone.map(({ resource, object }) => objectRef(resource, object, seen(cluster, object).uid))),
    ...ofRelease.map((one) => objectRef(secrets, one, seen(cluster, one).uid)),
    ...allLeases
      .filter((one) => isLeaseOf(revision, one.metadata.name))
      .map((one) => objectRef(leases, one, seen(cluster, one).uid)),
  ]
  return { ask: 'belongings', remove, keep: kept, pods: itsPods.length }
}

/** The release's own records, the documents of its newest manifest, and which documents the other releases' manifests hold. */
async function storedReleases(look: Look, release: string) {
  const stored = await look.list(secrets, {
    namespace: istioNamespace,
    labelSelector: 'owner=helm',
    metadataOnly: true,
  })
  const newest = await eachOf(newestOf(stored), 4, async (one) => {
    const at = { name: one.metadata.name, namespace: istioNamespace }
    const secret = await look.cluster.get(secrets, at, look.signal)
    return secret === undefined
      ? []
      : [{ name: releaseRecord(secret).name, documents: documentsOf(releaseRecord(secret).manifest) }]
  })
  const ofRelease = stored.filter((one) => one.metadata.labels?.['name'] === release)
  const records = newest.flat()
  const others = new Map(
    records
      .filter((one) => one.name !== release)
      .flatMap((one) => one.documents.map((document) => [keyOf(document), one.name] as const)),
  )
  return { ofRelease, manifest: records.filter((one) => one.name === release).flatMap((one) => one.documents), others }
}

/** Objects of a manifest; documents that are none (comments, notes) are passed over. */
export function documentsOf(manifest: string): readonly KubeObject[] {
  return parseAllDocuments(manifest).flatMap((document) => {
    const object: unknown = document.toJS()
    const isObject = text(object, 'kind') !== undefined && text(object, 'metadata', 'name') !== undefined
    return isObject ? [object as KubeObject] : []
  })
}

async function liveOf(look: Look, documents: readonly KubeObject[]): Promise<readonly Found[]> {
  const found = await eachOf(documents, 8, async (document) => {
    const resource = resourceFor(document.apiVersion, document.kind)
    // A kind that no chart of Istio makes cannot be fetched by a name of its resource; it is told, never passed over in silence.
    if (resource === undefined) return [{ resource: unknownResource(document), object: document }]
    const at = {
      name: document.metadata.name,
      ...(resource.namespaced && { namespace: document.metadata.namespace ?? istioNamespace }),
    }
    const object = await look.cluster.get(resource, at, look.signal)
    return object === undefined ? [] : [{ resource, object }]
  })
  return found.flat()
}

const unknownPlural = ''

function unknownResource(document: KubeObject): Resource {
  const [group = '', version = ''] = document.apiVersion.includes('/')
    ? document.apiVersion.split('/')
    : ['', document.apiVersion]
  return {
    group,
    version,
    plural: unknownPlural,
    kind: document.kind,
    namespaced: document.metadata.namespace !== undefined,
  }
}

async function withLabel(look: Look, revision: string): Promise<readonly Found[]> {
  const found = await eachOf(labelled, 5, async (resource) => {
    const objects = await look.list(resource, {
      ...(resource.namespaced && { namespace: istioNamespace }),
      labelSelector: `istio.io/rev=${revision}`,
      metadataOnly: true,
    })
    return objects.map((object) => ({ resource, object }))
  })
  return found.flat().filter((one) => isOfControlPlane(one.object))
}

/** As `istioctl uninstall` decides; gateways and workloads that follow the revision carry its label too, and never these. */
function isOfControlPlane(object: KubeObject): boolean {
  const labels = object.metadata.labels ?? {}
  const app = labels['app'] ?? ''
  return (
    labels['operator.istio.io/component'] === 'Pilot' ||
    labels['app.kubernetes.io/name'] === 'istiod' ||
    app === 'istiod' ||
    app === 'sidecar-injector'
  )
}

function whyKept(
  { resource, object }: Found,
  release: string,
  others: ReadonlyMap<string, string>,
): string | undefined {
  if (resource.plural === unknownPlural) return 'of a kind that the charts of Istio do not make'
  if (neverRemoved.has(resource.kind)) return 'shared by all revisions'
  const owner = ownerOf(object)
  if (owner !== release)
    return owner === undefined ? 'no longer owned by a Helm release' : `owned by Helm release ${owner} now`
  const other = others.get(keyOf({ ...object, kind: resource.kind }))
  return other === undefined ? undefined : `also made by Helm release ${other}`
}

function whyKeptByLabel(one: Found, release: string, others: ReadonlyMap<string, string>): string | undefined {
  const owner = ownerOf(one.object)
  if (owner !== undefined) return whyKept(one, release, others)
  // A tag that istioctl made belongs to its user; that it still points here is what the guard refuses.
  if (one.object.metadata.labels?.['istio.io/tag'] !== undefined) return 'a tag that still points to this revision'
  if (one.object.metadata.name === 'istiod-default-validator') return 'shared by all revisions'
  return others.has(keyOf({ ...one.object, kind: one.resource.kind })) ? 'also made by another Helm release' : undefined
}

/** A Service that a webhook which stays still calls must stay: without it every write that the webhook looks at is refused. */
function callersOf({ resource, object }: Found, webhooks: readonly KubeObject[]): readonly KubeObject[] {
  if (resource.kind !== 'Service') return []
  return webhooks.filter((one) => items(one, 'webhooks').some((webhook) => serviceOf(webhook) === object.metadata.name))
}

function stillCalled(one: Found, webhooks: readonly KubeObject[]): readonly Kept[] {
  const [caller] = callersOf(one, webhooks)
  if (caller === undefined) return []
  return [{ about: nameOf(one.resource, one.object), why: `${caller.kind} ${caller.metadata.name} still calls it` }]
}

/** `istio-gateway-deployment-1-30`: the elections that each revision holds for itself. Not by ending alone: `-30` would take those of `1-30` too. */
export function isLeaseOf(revision: string, name: string): boolean {
  return perRevisionElections.some((election) => name === `${election}-${revision}`)
}

/** Those that Istio's source names per revision, 1.22 to 1.31. */
const perRevisionElections = ['istio-gateway-deployment', 'istio-gateway-status-leader']

function isNewTo(
  known: readonly { readonly object: KubeObject }[],
  { object }: { readonly object: KubeObject },
): boolean {
  return known.every((one) => one.object.metadata.uid !== object.metadata.uid)
}

function ownerOf(object: KubeObject): string | undefined {
  return text(field(object, 'metadata', 'annotations'), 'meta.helm.sh/release-name')
}

/** The same object in manifest and cluster: charts leave the namespace out of some documents, and API versions differ. */
function keyOf({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.name}`
}

function nameOf(resource: Resource, { metadata }: KubeObject): string {
  return `${resource.kind} ${resource.namespaced && metadata.namespace !== undefined ? `${metadata.namespace}/` : ''}${metadata.name}`
}
