import {
  askBeforeRestart,
  follow,
  isGateway,
  isRolled,
  livePodsOf,
  moveWorkloads,
  movingParts,
  restartedAnnotation,
  stampsOf,
  type Moving,
  type MovingPart,
} from '../moving.ts'
import type { Injection, PodFact, WorkloadFact } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { uses } from '../residue.ts'
import { defineStage, type Situation } from '../stage.ts'

const says = sentences('back-workloads', {
  back: 'All workloads run with proxies of {revision} again.',
})

function movingBack(s: Situation<MovingPart>): Moving {
  return {
    seen: s.seen,
    answers: s.answers,
    now: s.now,
    onto: s.upgrade.from,
    expected: s.upgrade.expected?.from,
    stamps: stampsOf(s.upgrade, 'Rollback'),
    waiting: s.upgrade.waiting,
    settings: s.settings,
  }
}

/**
 * Only those with a pod that the new control plane injected, or that this job restarted: the others were never moved.
 * What the way forward left rolling comes first, so that never two roll at once, and one that would never have got ready
 * is not waited for. Gateways last.
 */
function groups(s: Situation<MovingPart>): readonly (readonly WorkloadFact[])[] {
  const { stamps } = movingBack(s)
  const concerned = s.seen.workloads.filter(
    (workload) =>
      stamps.includes(workload.podAnnotations[restartedAnnotation] ?? '') ||
      (livePodsOf(workload, s.seen.pods).some(
        (pod) => uses(pod, s.upgrade.to) || hasImageOf(pod, s.upgrade.expected?.to),
      ) &&
        follow(workload, s.upgrade.from.revision, s.seen)),
  )
  const inMotion = s.seen.workloads.filter(
    (workload) =>
      !isRolled(workload) && (workload.podAnnotations[restartedAnnotation] ?? '').startsWith(`${s.upgrade.id}/`),
  )
  return [inMotion, concerned.filter((workload) => !isGateway(workload)), concerned.filter(isGateway)]
}

/** A pod in flight while the labels went back was injected twice: annotation and discovery of the old one, image of the new one. */
const hasImageOf = (pod: PodFact, injection: Injection | undefined): boolean =>
  injection !== undefined && pod.injection?.image === injection.image

export const backWorkloads = defineStage({
  id: 'back-workloads',
  title: 'Move workloads and gateways back',
  reads: movingParts,
  says,
  asks(s) {
    const group = groups(s).find((workloads) => moveWorkloads(workloads, movingBack(s)))
    return group ? askBeforeRestart(group, movingBack(s)) : []
  },
  forward(s) {
    for (const group of groups(s)) {
      const verdict = moveWorkloads(group, movingBack(s))
      if (verdict) return verdict
    }
    return { kind: 'done', because: says.say.back({ revision: s.upgrade.from.revision }) }
  },
})
