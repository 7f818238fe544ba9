/** The pod that a template would make in its namespace, as injectors would be asked about it. */

import type { Candidate } from '../istio/injection.ts'
import type { Labels, NamespaceFact } from '../mesh.ts'
import { namespaceOf } from '../moves/moving.ts'

export interface Template {
  readonly cluster: string
  readonly namespace: string
  readonly podLabels: Labels
  readonly podAnnotations?: Labels
  readonly hostNetwork?: boolean
}

/** undefined when the namespace is not there. `relabel` asks what would be with other labels on the namespace. */
export function candidateOf(
  template: Template,
  seen: { readonly namespaces: readonly NamespaceFact[] },
  relabel: (labels: Labels) => Labels = (labels) => labels,
): Candidate | undefined {
  const namespace = namespaceOf(template, seen)
  if (!namespace) return undefined
  const { cluster, podLabels: pod, podAnnotations = {}, hostNetwork = false } = template
  return { cluster, namespace: relabel(namespace.labels), pod, podAnnotations, hostNetwork }
}
