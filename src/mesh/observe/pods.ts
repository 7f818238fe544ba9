/** Part `pods`: every pod outside kube-system, also those of no mesh: a check must see what was not injected. */

import type { PodFact } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { pods } from '../resources.ts'
import { injectionOf } from './injection.ts'
import type { Look } from './look.ts'
import { ownerOf } from './owner.ts'
import { createdAt, field, isTerminating, items, labelsAt, seen, text } from './read.ts'

export async function observePods(look: Look): Promise<readonly PodFact[]> {
  const found = await look.list(pods)
  return found.filter((one) => one.metadata.namespace !== 'kube-system').map((one) => fact(look, one))
}

function fact(look: Look, pod: KubeObject): PodFact {
  const owner = ownerOf(pod)
  const injection = injectionOf(pod)
  return {
    ...seen(look.cluster.name, pod),
    namespace: pod.metadata.namespace ?? '',
    labels: labelsAt(pod, 'metadata', 'labels'),
    annotations: labelsAt(pod, 'metadata', 'annotations'),
    ...(owner !== undefined && { owner }),
    phase: text(pod, 'status', 'phase') ?? 'Pending',
    ready: items(pod, 'status', 'conditions').some(
      (one) => text(one, 'type') === 'Ready' && text(one, 'status') === 'True',
    ),
    terminating: isTerminating(pod),
    createdAt: createdAt(pod),
    hostNetwork: field(pod, 'spec', 'hostNetwork') === true,
    ...(injection !== undefined && { injection }),
  }
}
