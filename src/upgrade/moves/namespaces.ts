/** Which namespaces an upgrade relabels, and what their labels were. */

import { choiceOf, effectiveInjection, injectedBy, isInMesh, withChoice } from '../istio/injection.ts'
import type { Labels, NamespaceFact, Observation, WorkloadFact } from '../mesh.ts'
import { isGateway } from './moving.ts'
import { grouped } from '../facts/seen.ts'

export const originalLabels = 'meshlift.io/original-labels'

type Seen = Observation<'controlPlanes' | 'webhooks' | 'namespaces' | 'workloads'>

/** The labels that stood there before this upgrade relabelled it; undefined when it did not. */
export function originalOf(namespace: NamespaceFact, upgrade: string): Labels | undefined {
  const text = namespace.annotations[originalLabels]
  if (text === undefined) return undefined
  try {
    const { upgrade: of, labels } = JSON.parse(text) as { upgrade?: unknown; labels?: unknown }
    return of === upgrade ? (labels as Labels) : undefined
  } catch {
    return undefined
  }
}

/** Would a plain pod of this namespace be injected by the revision? */
export function isOn(
  namespace: NamespaceFact,
  revision: string,
  seen: Pick<Seen, 'controlPlanes' | 'webhooks'>,
  labels: Labels = namespace.labels,
): boolean {
  return injectedBy(effectiveInjection({ cluster: namespace.cluster, namespace: labels, pod: {} }, seen), revision)
}

/** With the labels that it had before this upgrade. */
export function wouldBeOn(
  namespace: NamespaceFact,
  original: Labels,
  revision: string,
  seen: Pick<Seen, 'controlPlanes' | 'webhooks'>,
): boolean {
  return isOn(namespace, revision, seen, withChoice(namespace.labels, original))
}

/** A namespace whose injected workloads are all classic gateways moves with the gateways, after everything else. */
export function isGatewayNamespace(namespace: NamespaceFact, seen: Pick<Seen, 'workloads'>): boolean {
  const workloads = workloadsIn(namespace, seen.workloads)
  return workloads.length > 0 && workloads.every(isGateway)
}

export function workloadsIn(namespace: NamespaceFact, workloads: readonly WorkloadFact[]): readonly WorkloadFact[] {
  return (
    grouped(workloads, (workload) => `${workload.cluster}/${workload.namespace}`).get(
      `${namespace.cluster}/${namespace.name}`,
    ) ?? []
  )
}

export function inMesh(namespaces: readonly NamespaceFact[]): readonly NamespaceFact[] {
  return namespaces
    .filter((namespace) => isInMesh(namespace.labels) && !namespace.terminating)
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

export function choice(namespace: NamespaceFact): Labels {
  return choiceOf(namespace.labels)
}
