/** Label, prove, restart: shared by the stages that move workloads and gateways. Which namespaces and workloads is theirs to say. */

import type { NamespaceFact, Probe, WorkloadFact } from '../mesh.ts'
import { askBeforeRestart, moveWorkloads, targetOf, type Moving, stampsOf, type MovingPart } from './moving.ts'
import { inMesh, isOn, originalOf, workloadsIn } from './namespaces.ts'
import { sentences } from '../reason.ts'
import type { Progress, Situation, Verdict } from '../stage.ts'

const words = {
  labelling: 'Pointing namespace {namespace} at {revision}.',
  proving: 'Namespace {namespace} is not labelled yet: {answer}.',
  relabelled:
    'Namespace {namespace} was moved to {revision}, and {writer} has changed its labels since: new pods would not be injected by {revision}. Put istio.io/rev={revision} back (and take istio-injection away), or roll back.',
} as const
export const namespaceSentences = sentences('move-namespaces', words)
const say = namespaceSentences.say

export interface Selection {
  readonly namespaces: (namespace: NamespaceFact) => boolean
  readonly workloads: (workload: WorkloadFact) => boolean
}

export function movingOf(s: Situation<MovingPart>): Moving {
  return {
    seen: s.seen,
    answers: s.answers,
    now: s.now,
    onto: s.upgrade.to,
    expected: s.upgrade.expected?.to,
    stamps: stampsOf(s.upgrade, 'DataPlaneUpgrade'),
    waiting: s.upgrade.waiting,
    settings: s.settings,
  }
}

/** Namespaces in order: those still on the old revision, and those that are on the new one already (by us or by hand). */
function toMove(s: Situation<MovingPart>, selection: Selection): readonly NamespaceFact[] {
  const { from, to } = s.upgrade
  return inMesh(s.seen.namespaces)
    .filter(selection.namespaces)
    .filter(
      (namespace) =>
        isOn(namespace, from.revision, s.seen) ||
        isOn(namespace, to.revision, s.seen) ||
        originalOf(namespace, s.upgrade.id) !== undefined,
    )
}

function workloadsOf(
  namespace: NamespaceFact,
  s: Situation<MovingPart>,
  selection: Selection,
): readonly WorkloadFact[] {
  return workloadsIn(namespace, s.seen.workloads).filter(selection.workloads)
}

/** The namespace that is worked on now: the first that is not labelled, or whose workloads are not all moved. */
function current(
  s: Situation<MovingPart>,
  selection: Selection,
): { readonly namespace: NamespaceFact; readonly state: 'unlabelled' | 'relabelled' | 'labelled' } | undefined {
  for (const namespace of toMove(s, selection)) {
    if (!isOn(namespace, s.upgrade.to.revision, s.seen))
      return { namespace, state: originalOf(namespace, s.upgrade.id) === undefined ? 'unlabelled' : 'relabelled' }
    if (moveWorkloads(workloadsOf(namespace, s, selection), movingOf(s))) return { namespace, state: 'labelled' }
  }
  return undefined
}

export function askForMoves(s: Situation<MovingPart>, selection: Selection): readonly Probe[] {
  const now = current(s, selection)
  return now?.state === 'labelled' ? askBeforeRestart(workloadsOf(now.namespace, s, selection), movingOf(s)) : []
}

/** undefined when everything selected is moved. */
export function moveNamespaces(s: Situation<MovingPart>, selection: Selection): Verdict | undefined {
  const now = current(s, selection)
  if (!now) return undefined
  const { namespace } = now
  const { to } = s.upgrade
  const progress = progressOfAll(s, selection, namespace)
  if (now.state === 'relabelled')
    return {
      kind: 'hold',
      needs: 'repair',
      because: say.relabelled({ namespace: namespace.name, revision: to.revision, writer: writerOf(namespace) }),
      about: namespace.name,
      progress,
    }
  if (now.state === 'unlabelled') {
    // The same readiness as before a restart: from here on every new pod of the namespace asks the new control plane.
    const target = s.seen.controlPlanes.find(
      (plane) => plane.cluster === namespace.cluster && plane.revision === to.revision,
    )
    if (!target || target.ready < 1)
      return {
        kind: 'wait',
        lookAgainInMs: 1000,
        because: say.proving({ namespace: namespace.name, answer: `control plane ${to.revision} is not ready` }),
        about: to.revision,
        progress,
      }
    return {
      kind: 'act',
      because: say.labelling({ namespace: namespace.name, revision: to.revision }),
      about: namespace.name,
      actions: [
        {
          do: 'label-namespace',
          cluster: namespace.cluster,
          target: targetOf(namespace),
          revision: to.revision,
          upgrade: s.upgrade.id,
        },
      ],
      progress,
    }
  }
  const verdict = moveWorkloads(workloadsOf(namespace, s, selection), movingOf(s))
  return verdict && { ...verdict, progress }
}

export function writerOf(namespace: NamespaceFact): string {
  const writers = [...new Set(Object.values(namespace.writers))].filter((writer) => writer !== 'meshlift')
  return writers.length > 0 ? writers.join(' and ') : 'somebody'
}

function progressOfAll(s: Situation<MovingPart>, selection: Selection, at: NamespaceFact): readonly Progress[] {
  const moving = movingOf(s)
  let reached = false
  return toMove(s, selection).flatMap((namespace) => {
    const isCurrent = namespace.uid === at.uid
    reached ||= isCurrent
    const workloads =
      moveWorkloads(workloadsOf(namespace, s, selection), moving)?.progress ??
      workloadsOf(namespace, s, selection).map((workload): Progress => ({
        cluster: workload.cluster,
        object: `${workload.namespace}/${workload.name}`,
        phase: 'Success',
        reason: `on ${moving.onto.revision}`,
      }))
    const phase = isCurrent ? 'Running' : reached ? 'Initializing' : 'Success'
    return [{ cluster: namespace.cluster, object: namespace.name, phase, reason: '' } as const, ...workloads]
  })
}
