/** A pod's life: pending, ready after a while, or not and why; going, gone. */

import type { Address } from '../../cluster.ts'
import type { Api } from '../api.ts'
import { istiodOf, labelled, liveIstiods } from '../endpoints.ts'
import { kinds } from '../kinds.ts'
import type { Pod } from '../shapes.ts'
import { isGoing } from '../shapes.ts'
import { schedule } from '../state.ts'
import { istiodTrouble } from './istiod-health.ts'
import type { Trouble } from './pod-status.ts'
import { reportPod, tryAgainMs } from './pod-status.ts'

/** The moment at which a new pod would be ready. */
export function podReady(api: Api, at: Address & { readonly uid: string }): void {
  const pod = api.find(kinds.Pod, at) as Pod | undefined
  if (!pod || pod.metadata.uid !== at.uid || isGoing(pod)) return
  const trouble = troubleOf(api, pod)
  reportPod(api, pod, trouble)
  if (trouble)
    schedule(api.state, tryAgainMs, { do: 'pod-ready', namespace: at.namespace ?? '', name: at.name, uid: at.uid })
}

export function podGone(api: Api, at: Address & { readonly uid: string }): void {
  if (api.find(kinds.Pod, at)?.metadata.uid === at.uid) api.drop(kinds.Pod, at)
}

function troubleOf(api: Api, pod: Pod): Trouble | undefined {
  const istiod = istiodOf(pod)
  if (istiod) {
    const message = istiodTrouble(api, istiod)
    return message === undefined ? undefined : { container: 'discovery', reason: 'CrashLoopBackOff', message }
  }
  const container = pod.spec.containers[0]?.name ?? ''
  if (api.state.faults.podsNeverReady.some((labels) => labelled(pod, labels)))
    return { container, reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' }
  const discovery = discoveryOf(pod)
  // A proxy without an istiod never gets its first configuration, so the pod is not ready either.
  if (discovery !== undefined && !liveIstiods(api).some((each) => each.address === discovery))
    return {
      container: pod.spec.containers.some((each) => each.name === 'istio-proxy') ? 'istio-proxy' : container,
      reason: 'PodInitializing',
      message: `Envoy proxy is NOT ready: no configuration from ${discovery}`,
    }
  return undefined
}

/** The istiod that a pod's proxy asks, if it has a proxy. */
function discoveryOf(pod: Pod): string | undefined {
  const proxy = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((each) => each.name === 'istio-proxy')
  return proxy?.env?.find((each) => each.name === 'CA_ADDR')?.value
}
