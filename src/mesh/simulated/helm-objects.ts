/** Objects as Helm sees them: whose they are, which is the same, and in which order they are made. */

import { Problem } from '../../lib/problem.ts'
import type { HelmRelease, KubeObject, Resource } from '../cluster.ts'
import type { Api } from './api.ts'
import { builtInOf } from './kinds.ts'
import { rejected } from './refusals.ts'

const releaseName = 'meta.helm.sh/release-name'
const releaseNamespace = 'meta.helm.sh/release-namespace'

/** Helm takes over nothing that does not say it belongs to the release. */
export function refuseForeign(api: Api, release: HelmRelease, object: KubeObject): void {
  const live = api.find(resourceOf(object), object.metadata)
  if (
    !live ||
    (live.metadata.annotations?.[releaseName] === release.name &&
      live.metadata.labels?.['app.kubernetes.io/managed-by'] === 'Helm')
  )
    return
  throw rejected(
    `Unable to continue with helm of ${release.name}: ${object.kind} "${object.metadata.name}" exists and cannot be imported into the current release: invalid ownership metadata.`,
  )
}

export function owned(release: HelmRelease, object: KubeObject): KubeObject {
  const { metadata } = object
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { ...metadata.annotations, [releaseName]: release.name, [releaseNamespace]: release.namespace },
    },
  }
}

export function resourceOf(object: KubeObject): Resource {
  const resource = builtInOf(object.apiVersion, object.kind)
  if (!resource)
    throw new Problem({
      kind: 'bug',
      code: 'simulated/unknown-kind',
      text: `The simulated charts made a ${object.kind}, which the simulation does not serve.`,
    })
  return resource
}

export function sameObject(a: KubeObject, b: KubeObject): boolean {
  return a.kind === b.kind && a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace
}

const order: readonly string[] = [
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
  'Deployment',
  'HorizontalPodAutoscaler',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
]

export function byInstallOrder(a: KubeObject, b: KubeObject): number {
  return order.indexOf(a.kind) - order.indexOf(b.kind)
}
