/** In which order the objects of a control plane go. */

import type { ObjectRef } from '../../upgrade/mesh.ts'

/**
 * Webhooks first: one whose Service is gone refuses every pod or every piece of configuration that it looks at. Then
 * what would make pods anew, then the pods' makers, then what they stand on.
 */
const order: readonly string[] = [
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingAdmissionPolicy',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Deployment',
  'EndpointSlice',
  'Service',
  'NetworkPolicy',
  'ConfigMap',
  'RoleBinding',
  'ClusterRoleBinding',
  'Role',
  'ClusterRole',
  'ServiceAccount',
]

/** Kinds that are not in the list go last; within a kind by name, so that a preview reads the same every time. */
export function inRemovalOrder(objects: readonly ObjectRef[]): readonly ObjectRef[] {
  const rank = ({ kind }: ObjectRef) => (order.includes(kind) ? order.indexOf(kind) : order.length)
  return objects.toSorted((a, b) => rank(a) - rank(b) || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name))
}
