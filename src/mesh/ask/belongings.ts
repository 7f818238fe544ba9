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
import type { KubeObject, Resource } from '../cluster.ts'
import type { Look } from '../observe/look.ts'
import { eachOf } from '../observe/look.ts'
import { about, seen } from '../observe/read.ts'
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
import { storedReleases } from './stored-releases.ts'
import type { ManifestMemo } from './stored-releases.ts'
import { callerOf, isOfControlPlane, ownerOf, whyKept } from './why-kept.ts'
import type { Found } from './why-kept.ts'

type BelongingsAnswer = Extract<Answer, { ask: 'belongings' }>

/** Kinds that the charts put the revision's label on. */
const labelled: readonly Resource[] = [
  mutatingWebhooks,
  validatingWebhooks,
  autoscalers,
  disruptionBudgets,
  deployments,
  services,
  configMaps,
  networkPolicies,
]

/** Those that have only the release's; they never change hands, so its name on them is enough. */
const accounts: readonly Resource[] = [roleBindings, clusterRoleBindings, roles, clusterRoles, serviceAccounts]

export async function askBelongings(
  look: Look,
  { release, revision }: { readonly release: string; readonly revision: string },
  memo: ManifestMemo,
): Promise<BelongingsAnswer> {
  const inNamespace = { namespace: istioNamespace }
  const itsPods = { ...inNamespace, labelSelector: `app=istiod,istio.io/rev=${revision}` }
  const [{ records, documents, others }, byLabel, webhooks, allLeases, podsLeft] = await Promise.all([
    storedReleases(look, release, memo),
    foundByLabel(look, release, revision),
    Promise.all([look.list(mutatingWebhooks), look.list(validatingWebhooks)]),
    look.list(leases, inNamespace),
    look.list(pods, itsPods),
  ])
  const fromManifest = await foundByName(look, documents)
  const found = [...fromManifest, ...byLabel.filter((one) => isNewTo(fromManifest, one.object))]

  const going = found.filter((one) => whyKept(one, { release, revision, others }) === undefined)
  const staying = webhooks.flat().filter((one) => isNewTo(going, one))
  const keep = found.flatMap((one) => {
    const why = whyKept(one, { release, revision, others }) ?? callerOf(one, staying)
    return why === undefined ? [] : [{ about: `${one.resource?.kind ?? one.object.kind} ${about(one.object)}`, why }]
  })

  const refs = (resource: Resource, objects: readonly KubeObject[]) =>
    objects.map((one) => objectRef(resource, one, seen(look.cluster.name, one).uid))
  const removed = going.filter((one) => callerOf(one, staying) === undefined)
  const remove: readonly ObjectRef[] = [
    ...inRemovalOrder(removed.flatMap((one) => (one.resource === undefined ? [] : refs(one.resource, [one.object])))),
    ...refs(secrets, records),
    ...refs(
      leases,
      allLeases.filter((one) => isLeaseOf(revision, one.metadata.name)),
    ),
  ]
  return { ask: 'belongings', remove, keep, pods: podsLeft.length }
}

/** Live objects behind the documents of a manifest; what is gone already is left out. */
async function foundByName(look: Look, documents: readonly KubeObject[]): Promise<readonly Found[]> {
  const found = await eachOf(documents, 8, async (document): Promise<readonly Found[]> => {
    const resource = resourceFor(document.apiVersion, document.kind)
    if (resource === undefined) return [{ resource, object: document, stored: true }]
    const { name, namespace = istioNamespace } = document.metadata
    const object = await look.cluster.get(resource, { name, ...(resource.namespaced && { namespace }) }, look.signal)
    return object === undefined ? [] : [{ resource, object, stored: true }]
  })
  return found.flat()
}

/** Half an installation has objects and perhaps no record; a record that was lost leaves them all. */
async function foundByLabel(look: Look, release: string, revision: string): Promise<readonly Found[]> {
  const find = async (resource: Resource, labelSelector: string) => {
    const namespace = resource.namespaced ? { namespace: istioNamespace } : {}
    const objects = await look.list(resource, { ...namespace, labelSelector, metadataOnly: true })
    return objects.map((object) => ({ resource, object, stored: false }))
  }
  const [ofRevision, ofRelease] = await Promise.all([
    eachOf(labelled, 5, (resource) => find(resource, `istio.io/rev=${revision}`)),
    eachOf(accounts, 5, (resource) => find(resource, `release=${release}`)),
  ])
  return [
    ...ofRevision.flat().filter((one) => isOfControlPlane(one.object)),
    ...ofRelease.flat().filter((one) => ownerOf(one.object) === release),
  ]
}

/** `istio-gateway-deployment-1-30`: not by the ending alone, as `-30` would take those of `1-30` too. */
export function isLeaseOf(revision: string, name: string): boolean {
  return perRevisionElections.some((election) => name === `${election}-${revision}`)
}

/** The elections that each revision holds for itself, by Istio's source of 1.22 and 1.31. */
const perRevisionElections = ['istio-gateway-deployment', 'istio-gateway-status-leader']

function isNewTo(known: readonly { readonly object: KubeObject }[], object: KubeObject): boolean {
  return known.every((one) => one.object.metadata.uid !== object.metadata.uid)
}
