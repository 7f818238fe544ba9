/** Which workload a pod belongs to, as far as the pod itself tells. */

import type { KubeObject } from '../cluster.ts'

/** A pod of a Deployment's ReplicaSet answers the Deployment; one of a ReplicaSet that stands alone, the ReplicaSet; a bare pod, nothing. */
export function ownerOf(pod: KubeObject): { readonly kind: string; readonly name: string } | undefined {
  const controller = pod.metadata.ownerReferences?.find((one) => one.controller === true)
  if (controller === undefined) return undefined
  const { kind, name } = controller
  // Only Deployments put this label on their ReplicaSets' pods; Argo Rollouts uses another one, and stays a ReplicaSet here.
  const hash = pod.metadata.labels?.['pod-template-hash']
  if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`))
    return { kind: 'Deployment', name: name.slice(0, -hash.length - 1) }
  return { kind, name }
}
