import { askBeforeRestart, follow, isGateway, moveWorkloads, movingParts, type MovingPart } from '../moves/moving.ts'
import { movingOf } from '../moves/namespace-moves.ts'
import type { WorkloadFact } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { defineStage, type Situation } from '../stage.ts'

const says = sentences('move-followers', {
  moved: 'Workloads that follow the default or a tag by a label of their own pods run with proxies of {revision}.',
})

/** Pods that choose by their own label in an unlabelled namespace can only move once the default or their tag has. Gateways last. */
function followers(s: Situation<MovingPart>): readonly (readonly WorkloadFact[])[] {
  const all = s.seen.workloads.filter((workload) => follow(workload, s.upgrade.to.revision, s.seen))
  return [all.filter((workload) => !isGateway(workload)), all.filter(isGateway)]
}

export const moveFollowers = defineStage({
  id: 'move-followers',
  title: 'Move workloads that follow the default or a tag by their own label',
  reads: movingParts,
  says,
  asks(s) {
    const group = followers(s).find((workloads) => moveWorkloads(workloads, movingOf(s)))
    return group ? askBeforeRestart(group, movingOf(s)) : []
  },
  forward(s) {
    for (const group of followers(s)) {
      const verdict = moveWorkloads(group, movingOf(s))
      if (verdict) return verdict
    }
    return { kind: 'done', because: says.say.moved({ revision: s.upgrade.to.revision }) }
  },
})
