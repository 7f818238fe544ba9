import { injectorAnswer, targetOf } from '../moves/moving.ts'
import { choice, originalOf, wouldBeOn } from '../moves/namespaces.ts'
import { sameJson } from '../../lib/json.ts'
import { revisionLabel } from '../istio/injection.ts'
import type { NamespaceFact, Probe } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { whenReady } from '../moves/receiver.ts'
import { isRefusedByOthers } from '../moves/refusal.ts'
import { defineStage, type Situation } from '../stage.ts'

const says = sentences('back-labels', {
  restoring: 'Giving namespace {namespace} its labels back.',
  proving: 'Waiting until dry-run pods in {namespace} are injected by {revision} again: {answer}.',
  back: 'Namespaces have the labels they had.',
})

type Part = 'namespaces' | 'webhooks' | 'controlPlanes'

interface Ours {
  readonly namespace: NamespaceFact
  readonly original: Readonly<Record<string, string>>
}

/** By our annotation; where somebody has wiped it and the namespace still names the new revision, by the record. */
function ours(s: Situation<Part>): readonly Ours[] {
  const recorded = new Map((s.before?.namespaces ?? []).map((one) => [one.uid, one.labels]))
  return s.seen.namespaces
    .filter((namespace) => !namespace.terminating)
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((namespace) => {
      const marked = originalOf(namespace, s.upgrade.id)
      if (marked !== undefined) return [{ namespace, original: marked }]
      const before = recorded.get(namespace.uid)
      const named = namespace.labels[revisionLabel] === s.upgrade.to.revision
      return named && before !== undefined && !sameJson(choice(namespace), before)
        ? [{ namespace, original: before }]
        : []
    })
}

const isBack = ({ namespace, original }: Ours): boolean => sameJson(choice(namespace), original)

/** One after the other: the last one that is back is proven before the next one gets its labels. */
const proven = (all: readonly Ours[]): Ours | undefined => {
  const next = all.findIndex((one) => !isBack(one))
  return all[(next < 0 ? all.length : next) - 1]
}

/** Before any restart: a pod that is made meanwhile must already be the old revision's. The annotation stays until the end. */
export const backLabels = defineStage({
  id: 'back-labels',
  title: 'Give namespaces their labels back',
  reads: ['namespaces', 'webhooks', 'controlPlanes'],
  says,
  asks(s): readonly Probe[] {
    const one = proven(ours(s))
    if (!one) return []
    return [{ ask: 'dry-run-pod', cluster: one.namespace.cluster, namespace: one.namespace.name, labels: {}, times: 1 }]
  },
  forward(s) {
    const { from } = s.upgrade
    const all = ours(s)
    const last = proven(all)
    if (last && wouldBeOn(last.namespace, last.original, from.revision, s.seen)) {
      const about = last.namespace.name
      const answer = injectorAnswer(s.answers, from.revision)
      if (answer !== 'good' && !isRefusedByOthers(s.answers))
        return {
          kind: 'wait',
          lookAgainInMs: 500,
          because: says.say.proving({ namespace: about, revision: from.revision, answer }),
          about,
        }
    }
    const next = all.find((one) => !isBack(one))
    if (!next) return { kind: 'done', because: says.say.back() }
    const { namespace, original } = next
    return whenReady(s, from, {
      kind: 'act',
      because: says.say.restoring({ namespace: namespace.name }),
      about: namespace.name,
      actions: [
        {
          do: 'restore-namespace',
          cluster: namespace.cluster,
          target: targetOf(namespace),
          labels: original,
          forget: false,
        },
      ],
    })
  },
})
