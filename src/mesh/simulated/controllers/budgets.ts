/** PodDisruptionBudgets: how many pods may be disturbed now. They never stop a restart, only evictions. */

import type { Selector } from '../../../upgrade/mesh.ts'
import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { Pod } from '../shapes.ts'
import { isGoing, isReady } from '../shapes.ts'
import { share } from './templates.ts'

interface BudgetSpec {
  readonly selector: Selector
  readonly minAvailable?: number | string
  readonly maxUnavailable?: number | string
}

export function reckonBudgets(api: Api, namespace: string): void {
  for (const each of api.all(kinds.PodDisruptionBudget, { namespace })) {
    const spec = each['spec'] as BudgetSpec
    const pods = (api.all(kinds.Pod, { namespace, selector: spec.selector }) as readonly Pod[]).filter(
      (pod) => !isGoing(pod),
    )
    const healthy = pods.filter(isReady).length
    const wanted =
      spec.maxUnavailable === undefined
        ? share(spec.minAvailable ?? 1, pods.length, Math.ceil)
        : pods.length - share(spec.maxUnavailable, pods.length, Math.ceil)
    api.setStatus(kinds.PodDisruptionBudget, each.metadata, {
      currentHealthy: healthy,
      desiredHealthy: wanted,
      expectedPods: pods.length,
      disruptionsAllowed: Math.max(0, healthy - wanted),
      observedGeneration: each.metadata.generation,
    })
  }
}
