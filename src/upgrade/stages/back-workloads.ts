import {
  askBeforeRestart,
  follow,
  isGateway,
  isRolled,
  livePodsOf,
  moveWorkloads,
  movingParts,
  nameOf,
  nextOf,
  progressOf,
  restartedAnnotation,
  stampsOf,
  type Moving,
  type MovingPart,
} from '../moves/moving.ts'
import type { Injection, PodFact, WorkloadFact } from '../mesh.ts'
import { few } from '../facts/few.ts'
import { sameProxy } from '../istio/injection.ts'
import { sentences } from '../reason.ts'
import { uses } from '../facts/residue.ts'
import { defineStage, type Situation, type Verdict } from '../stage.ts'

const says = sentences('back-workloads', {
  back: 'All workloads run with proxies of {revision} again.',
  passing: '{because} It is left behind for now, so that the others need not wait for it.',
  left: 'All other workloads run with proxies of {revision} again; these do not get on: {objects}. Look at their events; it goes on by itself when they are ready, and a retry tries them again from the beginning.',
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

const passedOver = ({ upgrade, job }: Situation<MovingPart>): readonly string[] =>
  upgrade.passedOver?.job === job ? upgrade.passedOver.uids : []

/** What is worked on now: the first group in which something is to be done for workloads that were not left behind. */
function atWork(s: Situation<MovingPart>): readonly WorkloadFact[] | undefined {
  const behind = passedOver(s)
  return groups(s)
    .map((workloads) => workloads.filter(({ uid }) => !behind.includes(uid)))
    .find((workloads) => nextOf(workloads, movingBack(s)))
}

/** With nothing else to do: those that were passed over and are still not where they should be. */
function leftBehind(s: Situation<MovingPart>): readonly WorkloadFact[] {
  const left = groups(s).flat()
  return left.filter((workload, index) => left.indexOf(workload) === index && nextOf([workload], movingBack(s)))
}

const isToDo =
  (moving: Moving) =>
  (workload: WorkloadFact): boolean =>
    nextOf([workload], moving)?.place === 'to-do'

/**
 * Going back is often done because something does not get ready, and that one must not hold up all the rest: what was
 * restarted and is not done in its time is passed over, and asked for at the end.
 */
function passing(s: Situation<MovingPart>, group: readonly WorkloadFact[], verdict: Verdict): Verdict {
  const workload = nextOf(group, movingBack(s))?.workload
  if (!workload || verdict.about?.split(' ')[0] !== nameOf(workload)) return verdict
  const waited = s.upgrade.waiting.on.endsWith(` ${verdict.about}`) ? s.now - s.upgrade.waiting.since : 0
  const late = verdict.kind === 'wait' && waited > s.settings.rolledWithinMs
  if (verdict.kind !== 'hold' && !late) return verdict
  return {
    kind: 'wait',
    lookAgainInMs: 0,
    because: says.say.passing({ because: verdict.because.text }),
    passedOver: [...passedOver(s), workload.uid],
    ...(verdict.progress && { progress: verdict.progress }),
  }
}

/** A pod in flight while the labels went back was injected twice: annotation and discovery of the old one, image of the new one. */
const hasImageOf = (pod: PodFact, injection: Injection | undefined): boolean =>
  injection !== undefined && pod.injection !== undefined && sameProxy(pod.injection.image, injection.image)

export const backWorkloads = defineStage({
  id: 'back-workloads',
  title: 'Move workloads and gateways back',
  reads: movingParts,
  says,
  asks(s) {
    const moving = movingBack(s)
    return askBeforeRestart(atWork(s) ?? leftBehind(s).filter(isToDo(moving)), moving)
  },
  forward(s) {
    const moving = movingBack(s)
    const group = atWork(s)
    const verdict = group && moveWorkloads(group, moving)
    if (group && verdict) return passing(s, group, verdict)
    const left = leftBehind(s)
    const again = moveWorkloads(left.filter(isToDo(moving)), moving)
    if (again?.kind === 'act') return again
    if (left.length > 0)
      return {
        kind: 'hold',
        needs: 'repair',
        because: says.say.left({ revision: s.upgrade.from.revision, objects: few(left.map(nameOf)) }),
        progress: left.map((workload) => progressOf(workload, moving)),
      }
    return { kind: 'done', because: says.say.back({ revision: s.upgrade.from.revision }) }
  },
})
