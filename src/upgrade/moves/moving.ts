/**
 * Moving workloads, one at a time, onto one revision: the same for going forward and for rolling back.
 *
 *   pods     none injected      leave alone: a restart would give it a sidecar it never had (wait, if it is our own restart)
 *            all moved, rolled  done
 *            all moved, rolling wait (somebody's rollout is under way)
 *            stamped, rolling   wait, or hold when it does not get on
 *            stamped, rolled, not moved    hold: restarted, and still not on the revision
 *            else               restart, after dry-run pods were the revision's three times in a row
 */

import type { Action } from '../actions.ts'
import { few } from '../facts/few.ts'
import { effectiveInjection, injectedBy, sameInjection } from '../istio/injection.ts'
import type { Answer, Injection, NamespaceFact, Observation, PodFact, Probe, WorkloadFact } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { grouped } from '../facts/seen.ts'
import type { ControlPlaneRef, JobKind, UpgradeRecord } from '../record.ts'
import type { Progress, Verdict } from '../stage.ts'

export const movingParts = ['controlPlanes', 'webhooks', 'namespaces', 'workloads', 'pods'] as const
export type MovingPart = (typeof movingParts)[number]

export interface Moving {
  readonly seen: Observation<MovingPart>
  readonly answers: readonly Answer[]
  readonly now: number
  /** The revision to move onto, and what a pod injected by it looks like. */
  readonly onto: ControlPlaneRef
  readonly expected: Injection | undefined
  /** `<upgrade>/<job>`, those of earlier tries of the same step included, the current one last: who restarted a workload. */
  readonly stamps: readonly string[]
  readonly waiting: { readonly on: string; readonly since: number }
  readonly settings: { readonly rolledWithinMs: number }
}

const words = {
  targetNotReady:
    'Waiting for control plane {revision}: {ready} of {wanted} replicas are ready{trouble}. Nothing is restarted meanwhile.',
  targetGone: 'Control plane {revision} is not there any more. Install it again, or roll back.',
  injectorElsewhere: 'New pods of {object} are not injected by {revision} yet: {answer}.',
  restarting: 'Restarting {object}.',
  rolling: '{object}: {updated} of {replicas} pods are new, {ready} ready{trouble}.',
  stuck:
    '{object} does not finish rolling: {updated} of {replicas} pods are new, {ready} ready{trouble}. Look at its events; it goes on by itself when they are ready.',
  lookingAgain: '{object} was restarted, and these pods do not look to be on {revision}: {pods}. Looking again.',
  notMoved:
    '{object} was restarted, and these pods are still not on {revision}: {pods}. Delete them, or retry the step to restart it again.',
} as const
export const movingSentences = sentences('move', words)
const say = movingSentences.say

/**
 * A workload's numbers and its pods are two looks. When the line to the API server was cut and comes back, one may be some
 * seconds older than the other: a StatefulSet is rolled already, and its pods are those from before the restart.
 */
const sureAfterMs = 6000

/** On pod templates: which upgrade and job restarted it. */
export const restartedAnnotation = 'meshlift.io/restarted'

/** Stamps of all jobs of this kind: a retry goes on with what an earlier try began. */
export function stampsOf(upgrade: UpgradeRecord, kind: JobKind): readonly string[] {
  return upgrade.jobs.filter((job) => job.kind === kind).map((job) => `${upgrade.id}/${job.id}`)
}

export const nameOf = (fact: { readonly namespace: string; readonly name: string }): string =>
  `${fact.namespace}/${fact.name}`

export function isGateway(workload: Pick<WorkloadFact, 'podAnnotations'>): boolean {
  return (workload.podAnnotations['inject.istio.io/templates'] ?? '').split(',').includes('gateway')
}

export function livePodsOf(workload: WorkloadFact, pods: readonly PodFact[]): readonly PodFact[] {
  const owned = grouped(pods, (pod) => [pod.cluster, pod.namespace, pod.owner?.kind, pod.owner?.name].join('/'))
  const mine = owned.get([workload.cluster, workload.namespace, workload.kind, workload.name].join('/')) ?? []
  return mine.filter((pod) => !pod.terminating && pod.phase !== 'Succeeded' && pod.phase !== 'Failed')
}

/** Compared with a dry-run pod of that control plane; before one was asked, annotation and discovery address must both name it. */
function isOnControlPlane(
  pod: PodFact,
  { revision, service }: ControlPlaneRef,
  expected: Injection | undefined,
): boolean {
  if (expected) return sameInjection(pod.injection, expected, pod.annotations)
  return (
    pod.injection?.proxies === 1 &&
    pod.injection.revision === revision &&
    pod.injection.discovery.startsWith(`${service}.`)
  )
}

/** Pods that a restart by template does not replace: the controller waits for somebody else. */
export function isImmovable(workload: WorkloadFact): boolean {
  return workload.paused || workload.strategy === 'OnDelete' || workload.partition > 0
}

/** Every pod is of the newest template and ready, and no other is left. */
export function isRolled({ observed, updated, ready, total, replicas }: WorkloadFact): boolean {
  return observed && updated === replicas && ready === replicas && total === replicas
}

/** Until its controller has seen the new template, the numbers are those of the old one: 2 of 2, the moment after the restart. */
const newPods = ({ observed, updated }: WorkloadFact): number => (observed ? updated : 0)

export type Place = 'no-sidecar' | 'moved' | 'rolling' | 'not-moved' | 'to-do' | 'immovable'

export function placeOf(workload: WorkloadFact, moving: Pick<Moving, 'seen' | 'onto' | 'expected' | 'stamps'>): Place {
  const pods = livePodsOf(workload, moving.seen.pods)
  const { expected, stamps, onto } = moving
  const stamp = workload.podAnnotations[restartedAnnotation] ?? ''
  const stamped = stamps.includes(stamp)
  const rolled = isRolled(workload)
  if (!stamped && !pods.some((pod) => pod.injection))
    return !rolled && isOfSameUpgrade(stamp, stamps) ? 'rolling' : 'no-sidecar'
  const moved = pods.every((pod) => isOnControlPlane(pod, onto, expected))
  if (moved && rolled) return 'moved'
  if (isImmovable(workload)) return 'immovable'
  if (moved) return 'rolling'
  if (!stamped) return 'to-do'
  if (!rolled) return 'rolling'
  return stamp === stamps.at(-1) ? 'not-moved' : 'to-do'
}

/** Restarted on the way forward, and rolled back before its first new pod came: without pods it says nothing about sidecars yet. */
function isOfSameUpgrade(stamp: string, stamps: readonly string[]): boolean {
  const [upgrade = ''] = stamp.split('/')
  return upgrade !== '' && stamps.some((one) => one.startsWith(`${upgrade}/`))
}

/** Which of these would be injected by the revision now, judged by live selectors. */
export function follow(workload: WorkloadFact, revision: string, seen: Observation<MovingPart>): boolean {
  const namespace = namespaceOf(workload, seen)
  if (!namespace) return false
  const candidate = {
    cluster: workload.cluster,
    namespace: namespace.labels,
    pod: workload.podLabels,
    podAnnotations: workload.podAnnotations,
    hostNetwork: workload.hostNetwork,
  }
  return injectedBy(effectiveInjection(candidate, seen), revision)
}

export function namespaceOf(
  workload: { readonly cluster: string; readonly namespace: string },
  seen: Pick<Observation<'namespaces'>, 'namespaces'>,
): NamespaceFact | undefined {
  return grouped(seen.namespaces, (namespace) => `${namespace.cluster}/${namespace.name}`).get(
    `${workload.cluster}/${workload.namespace}`,
  )?.[0]
}

const inOrder = (a: WorkloadFact, b: WorkloadFact): number =>
  nameOf(a).localeCompare(nameOf(b)) || a.kind.localeCompare(b.kind)

/** The first workload that is not where it should be; what is immovable or has no sidecar is left alone. */
export function nextOf(
  workloads: readonly WorkloadFact[],
  moving: Moving,
): { readonly workload: WorkloadFact; readonly place: Place } | undefined {
  for (const workload of workloads.toSorted(inOrder)) {
    const place = placeOf(workload, moving)
    if (place === 'rolling' || place === 'not-moved' || place === 'to-do') return { workload, place }
  }
  return undefined
}

/** Dry-run pods for the workload that would be restarted next. */
export function askBeforeRestart(workloads: readonly WorkloadFact[], moving: Moving): readonly Probe[] {
  const next = nextOf(workloads, moving)
  if (next?.place !== 'to-do') return []
  return [
    {
      ask: 'dry-run-pod',
      cluster: next.workload.cluster,
      namespace: next.workload.namespace,
      labels: probeLabels(next.workload),
      times: 3,
    },
  ]
}

/** Only what chooses an injector: a dry-run pod must not look like a member of the workload. */
function probeLabels(workload: WorkloadFact): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(workload.podLabels).filter(
      ([key]) => key.startsWith('istio.io/') || key.startsWith('sidecar.istio.io/'),
    ),
  )
}

/** One look at these workloads: undefined when all are done. `done` names what to say then. */
export function moveWorkloads(workloads: readonly WorkloadFact[], moving: Moving): Verdict | undefined {
  const progress = workloads.toSorted(inOrder).map((workload) => progressOf(workload, moving))
  const next = nextOf(workloads, moving)
  if (!next) return undefined
  const { workload, place } = next
  const object = nameOf(workload)
  const facts = {
    object,
    updated: newPods(workload),
    replicas: workload.replicas,
    ready: workload.ready,
    trouble: workload.trouble ? ` (${workload.trouble})` : '',
  }
  const about = object
  const target = moving.seen.controlPlanes.find(
    (plane) => plane.cluster === workload.cluster && plane.revision === moving.onto.revision,
  )
  if (!target)
    return { kind: 'hold', needs: 'repair', because: say.targetGone({ revision: moving.onto.revision }), progress }
  if (target.ready < 1) {
    const trouble = target.trouble ? ` (${target.trouble})` : ''
    return {
      kind: 'wait',
      lookAgainInMs: 1000,
      because: say.targetNotReady({ revision: target.revision, ready: target.ready, wanted: target.wanted, trouble }),
      about: target.revision,
      progress,
    }
  }
  if (place === 'not-moved') {
    const pods = livePodsOf(workload, moving.seen.pods).filter(
      (pod) => !isOnControlPlane(pod, moving.onto, moving.expected),
    )
    const named = { object, revision: moving.onto.revision, pods: few(pods.map((pod) => pod.name)) }
    const doubt = `${object} again`
    const sure = moving.waiting.on.endsWith(` ${doubt}`) && moving.now - moving.waiting.since > sureAfterMs
    if (!sure) return { kind: 'wait', lookAgainInMs: 1000, because: say.lookingAgain(named), about: doubt, progress }
    return { kind: 'hold', needs: 'repair', because: say.notMoved(named), about: doubt, progress }
  }
  if (place === 'rolling') {
    const late =
      moving.waiting.on.endsWith(` ${about}`) && moving.now - moving.waiting.since > moving.settings.rolledWithinMs
    if (late) return { kind: 'hold', needs: 'repair', because: say.stuck(facts), about, progress }
    return { kind: 'wait', lookAgainInMs: 1000, because: say.rolling(facts), about, progress, ownLimit: true }
  }
  const answer = injectorAnswer(moving.answers, moving.onto.revision)
  if (answer !== 'good')
    return {
      kind: 'wait',
      lookAgainInMs: 500,
      because: say.injectorElsewhere({ object, revision: moving.onto.revision, answer }),
      about,
      progress,
    }
  const restart: Action = {
    do: 'restart-workload',
    cluster: workload.cluster,
    kind: workload.kind,
    target: workload,
    stamp: moving.stamps.at(-1) ?? '',
  }
  return {
    kind: 'act',
    because: say.restarting({ object }),
    about,
    actions: [{ ...restart, target: targetOf(workload) }],
    progress,
  }
}

/** `good` when every dry-run pod was the revision's alone; else what was seen. */
export function injectorAnswer(answers: readonly Answer[], revision: string): string {
  const answer = answers.find((one) => one.ask === 'dry-run-pod')
  if (answer?.ask !== 'dry-run-pod' || answer.pods.length === 0) return 'no answer'
  for (const pod of answer.pods) {
    if ('refused' in pod) return pod.refused
    if (!pod.injection) return 'no sidecar'
    if (pod.injection.proxies !== 1) return 'injected twice'
    if (pod.injection.revision !== revision) return `injected by ${pod.injection.revision}`
  }
  return 'good'
}

export function targetOf(fact: {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
}): { readonly name: string; readonly namespace?: string; readonly uid: string; readonly resourceVersion: string } {
  const { name, namespace, uid, resourceVersion } = fact
  return namespace === undefined ? { name, uid, resourceVersion } : { name, namespace, uid, resourceVersion }
}

export function progressOf(workload: WorkloadFact, moving: Moving): Progress {
  const object = nameOf(workload)
  const at = { cluster: workload.cluster, object }
  const place = placeOf(workload, moving)
  switch (place) {
    case 'no-sidecar':
      return { ...at, phase: 'Success', reason: 'has no sidecar; left alone' }
    case 'moved':
      return {
        ...at,
        phase: 'Success',
        reason: `${workload.ready} of ${workload.replicas} pods are on ${moving.onto.revision}`,
      }
    case 'immovable':
      return {
        ...at,
        phase: 'Success',
        reason: 'a restart does not replace its pods; they must be replaced by hand before the finish',
      }
    case 'rolling':
      return { ...at, phase: 'Running', reason: `${newPods(workload)} of ${workload.replicas} pods are new` }
    case 'not-moved':
      return { ...at, phase: 'Failed', reason: `restarted, and not on ${moving.onto.revision}` }
    case 'to-do':
      return { ...at, phase: 'Initializing', reason: '' }
  }
}
