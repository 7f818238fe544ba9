/** Who runs with a sidecar now: told by pods, never by labels. A namespace that was relabelled and never restarted still runs on the old revision (P2). */

import type { Parts, PodFact, WorkloadFact } from '../mesh.ts'
import { livePodsOf } from '../moves/moving.ts'

export function injectedWorkloads(seen: Pick<Parts, 'workloads' | 'pods'>): readonly WorkloadFact[] {
  return seen.workloads.filter((workload) => livePodsOf(workload, seen.pods).some((pod) => pod.injection))
}

/** A pod that ended does nothing any more, whatever it carries. */
export function isLive(pod: PodFact): boolean {
  return !pod.terminating && pod.phase !== 'Succeeded' && pod.phase !== 'Failed'
}

/** `Deployment shop/cart`: a StatefulSet may have the same name. */
export function withKind(fact: { readonly kind: string; readonly namespace: string; readonly name: string }): string {
  return `${fact.kind} ${fact.namespace}/${fact.name}`
}
