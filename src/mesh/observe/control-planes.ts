/** Part `controlPlanes`: the istiod Deployments. */

import { istioNamespace } from '../../upgrade/mesh.ts'
import type { ControlPlaneFact } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { deployments, pods } from '../resources.ts'
import type { Look } from './look.ts'
import { condition, createdAt, field, items, labelsAt, reasonAndMessage, seen, text } from './read.ts'

/** Lists alone, and watched ones: every look while something is moved reads this part. */
export async function observeControlPlanes(look: Look): Promise<readonly ControlPlaneFact[]> {
  const chosen = { namespace: istioNamespace, labelSelector: 'app=istiod' }
  const [found, theirPods] = await Promise.all([look.list(deployments, chosen), look.list(pods, chosen)])
  return found.map((one) => controlPlane(look.cluster.name, one, theirPods))
}

export function revisionOf(deployment: KubeObject): string {
  return labelsAt(deployment, 'metadata', 'labels')['istio.io/rev'] ?? 'default'
}

/** What the names of a revision's objects end with; those of an un-revisioned one end with nothing. */
export function suffixOf(revision: string): string {
  return revision === 'default' ? '' : `-${revision}`
}

function controlPlane(cluster: string, deployment: KubeObject, everyPod: readonly KubeObject[]): ControlPlaneFact {
  const revision = revisionOf(deployment)
  const itsPods = everyPod.filter((pod) => (pod.metadata.labels?.['istio.io/rev'] ?? 'default') === revision)
  const wanted = field(deployment, 'spec', 'replicas')
  const ready = field(deployment, 'status', 'readyReplicas')
  const release = deployment.metadata.annotations?.['meta.helm.sh/release-name']
  const trouble = troubleOf(deployment, itsPods)
  return {
    ...seen(cluster, deployment),
    namespace: istioNamespace,
    revision,
    version: versionOf(deployment),
    service: `istiod${suffixOf(revision)}`,
    ...(release !== undefined && { release }),
    wanted: typeof wanted === 'number' ? wanted : 1,
    ready: typeof ready === 'number' ? ready : 0,
    ...(trouble !== undefined && { trouble }),
    pods: itsPods.length,
    createdAt: createdAt(deployment),
  }
}

/** Image tag of container `discovery`; a digest after the tag is left out. Empty when the image has no tag. */
function versionOf(deployment: KubeObject): string {
  const container = items(deployment, 'spec', 'template', 'spec', 'containers').find(
    (one) => text(one, 'name') === 'discovery',
  )
  const [image = ''] = (text(container, 'image') ?? '').split('@')
  const lastPart = image.slice(image.lastIndexOf('/') + 1)
  return lastPart.includes(':') ? lastPart.slice(lastPart.indexOf(':') + 1) : ''
}

/** The nearest cause first: what a container waits for, then why a pod cannot be placed, then what the Deployment says. */
function troubleOf(deployment: KubeObject, itsPods: readonly KubeObject[]): string | undefined {
  const waiting = itsPods.flatMap((pod) =>
    [...items(pod, 'status', 'initContainerStatuses'), ...items(pod, 'status', 'containerStatuses')].flatMap(
      (status) => {
        const why = reasonAndMessage(field(status, 'state', 'waiting'))
        // What every pod says while it starts is no trouble.
        return why === '' || why === 'ContainerCreating' || why === 'PodInitializing' ? [] : [why]
      },
    ),
  )
  return (
    waiting[0] ??
    itsPods.flatMap((pod) => condition(pod, 'PodScheduled', 'False') ?? [])[0] ??
    condition(deployment, 'ReplicaFailure', 'True') ??
    condition(deployment, 'Progressing', 'False') ??
    itsPods.flatMap((pod) => (restarts(pod) ? (condition(pod, 'ContainersReady', 'False') ?? []) : []))[0]
  )
}

/** A pod that runs but is not ready says so from its first second on; it is worth telling once a container came back. */
function restarts(pod: KubeObject): boolean {
  return items(pod, 'status', 'containerStatuses').some((one) => Number(field(one, 'restartCount') ?? 0) > 0)
}
