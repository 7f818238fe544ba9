/** What a kubelet reports of a pod. */

import { timestamp } from '../../../lib/clock.ts'
import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { Condition, Pod } from '../shapes.ts'
import { isReady } from '../shapes.ts'

/** How often a pod that could not get ready is tried again. */
export const tryAgainMs = 1000

/** The container that is not ready, and why, in Kubernetes' words. */
export interface Trouble {
  readonly container: string
  readonly reason: string
  readonly message: string
}

export function reportPod(api: Api, pod: Pod, trouble: Trouble | undefined): void {
  if (isReady(pod) === !trouble && pod.status?.phase === 'Running') return
  const ready: Condition = trouble
    ? {
        type: 'Ready',
        status: 'False',
        reason: 'ContainersNotReady',
        message: `containers with unready status: [${trouble.container}]`,
      }
    : { type: 'Ready', status: 'True' }
  const containerStatuses = pod.spec.containers.map(({ name, image }) =>
    trouble?.container === name
      ? {
          name,
          image,
          ready: false,
          restartCount: 1,
          state: { waiting: { reason: trouble.reason, message: trouble.message } },
        }
      : { name, image, ready: true, restartCount: 0, state: { running: { startedAt: timestamp(api.state.now) } } },
  )
  api.setStatus(kinds.Pod, pod.metadata, {
    phase: 'Running',
    conditions: [{ type: 'PodScheduled', status: 'True' }, ready],
    containerStatuses,
  })
}
