/** Whether an istiod can serve: the faults of the world, and the CRDs that its version needs. */

import type { Api } from '../api.ts'
import { crdsOf } from '../charts/crds.ts'
import type { Istiod } from '../endpoints.ts'
import { istiodPods } from '../endpoints.ts'
import { within } from '../faults.ts'
import { kinds } from '../kinds.ts'
import type { CustomResourceDefinition } from '../shapes.ts'
import { isGoing, isReady } from '../shapes.ts'
import { schedule } from '../state.ts'
import { reportPod, tryAgainMs } from './pod-status.ts'

/** What its pod says while it is not ready. */
export function istiodTrouble(api: Api, istiod: Istiod): string | undefined {
  const { faults, now, began } = api.state
  if (faults.neverReady.includes(istiod.revision))
    return 'back-off restarting failed container=discovery: Readiness probe failed: HTTP probe failed with statuscode: 503'
  if (
    within(
      faults.dead.filter((each) => each.revision === istiod.revision),
      now - began,
    )
  )
    return 'back-off restarting failed container=discovery'
  const missing = crdsOf(istiod.version).find(
    (each) =>
      !serves(
        api,
        each.metadata.name,
        each.spec.versions.map((version) => version.name),
      ),
  )
  return (
    missing &&
    `back-off restarting failed container=discovery: waiting for CRD ${missing.metadata.name} as istiod ${istiod.version} knows it`
  )
}

function serves(api: Api, name: string, versions: readonly string[]): boolean {
  const live = api.find(kinds.CustomResourceDefinition, { name }) as CustomResourceDefinition | undefined
  return versions.every((each) => live?.spec.versions.some((version) => version.name === each))
}

/** Looks at all istiods that were ready: a window of a fault may have begun. From then on each is tried again by itself. */
export function probeIstiods(api: Api): void {
  for (const { pod, istiod } of istiodPods(api)) {
    const message = istiodTrouble(api, istiod)
    if (message === undefined || !isReady(pod) || isGoing(pod)) continue
    reportPod(api, pod, { container: 'discovery', reason: 'CrashLoopBackOff', message })
    const { namespace = '', name, uid = '' } = pod.metadata
    schedule(api.state, tryAgainMs, { do: 'pod-ready', namespace, name, uid })
  }
}
