import { sameJson } from '../../lib/json.ts'
import { injectorAnswer, targetOf } from '../moves/moving.ts'
import { choice, originalOf, wouldBeOn } from '../moves/namespaces.ts'
import type { NamespaceFact } from '../mesh.ts'
import { few } from '../facts/few.ts'
import { sentences } from '../reason.ts'
import type { UpgradeRecord } from '../record.ts'
import { defineStage, type Situation } from '../stage.ts'

const says = sentences('restore-labels', {
  restoring: 'Giving namespace {namespace} back the labels it had; they lead to {revision} now.',
  proving: 'Waiting until dry-run pods in {namespace} are injected by {revision}: {answer}.',
  kept: 'Namespaces have the labels that Git says again. These named the old revision itself and keep istio.io/rev={revision}: {namespaces}.',
  restored: 'Namespaces have the labels that Git says again.',
  astray:
    'Namespace {namespace} has the labels it had, and they do not lead to {revision} any more: a tag or the default was moved. Point it at {revision}, or roll back.',
})

type Part = 'namespaces' | 'webhooks' | 'controlPlanes'

interface Relabelled {
  readonly namespace: NamespaceFact
  readonly original: Readonly<Record<string, string>>
  /** The labels it had lead to the new revision by now: a tag or the default has moved. */
  readonly leads: boolean
}

function relabelled(s: Situation<Part>): readonly Relabelled[] {
  return s.seen.namespaces
    .filter((namespace) => !namespace.terminating)
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((namespace) => {
      const original = originalOf(namespace, s.upgrade.id)
      return original === undefined
        ? []
        : [{ namespace, original, leads: wouldBeOn(namespace, original, s.upgrade.to.revision, s.seen) }]
    })
}

const isRestored = ({ namespace, original }: Relabelled): boolean => sameJson(choice(namespace), original)

/** The one that was restored last is proven before the next one is; and the next one still by its concrete label. */
function asked(s: Situation<Part>): readonly Relabelled[] {
  const leading = relabelled(s).filter(({ leads }) => leads)
  const next = leading.findIndex((one) => !isRestored(one))
  return next < 0 ? leading.slice(-1) : leading.slice(Math.max(0, next - 1), next + 1)
}

/** Without a second restart: the labels lead to the same control plane by another way. */
export const restoreLabels = defineStage({
  id: 'restore-labels',
  title: 'Give namespaces back the labels that Git says',
  reads: ['namespaces', 'webhooks', 'controlPlanes'],
  says,
  asks: (s) =>
    asked(s).map(({ namespace }) => ({
      ask: 'dry-run-pod' as const,
      cluster: namespace.cluster,
      namespace: namespace.name,
      labels: {},
      times: 1,
    })),
  forward(s) {
    const { revision } = s.upgrade.to
    const all = relabelled(s)
    const progress = all.map(({ namespace, original, leads }) => ({
      cluster: namespace.cluster,
      object: namespace.name,
      phase: !leads || isRestored({ namespace, original, leads }) ? ('Success' as const) : ('Initializing' as const),
      reason: leads ? '' : `keeps istio.io/rev=${revision}`,
    }))
    for (const [index, one] of asked(s).entries()) {
      const { namespace, original } = one
      const about = namespace.name
      const answer = injectorAnswer(s.answers.slice(index, index + 1), revision)
      if (answer !== 'good')
        return {
          kind: 'wait',
          lookAgainInMs: 500,
          because: says.say.proving({ namespace: about, revision, answer }),
          about,
          progress,
        }
      if (!isRestored(one))
        return {
          kind: 'act',
          because: says.say.restoring({ namespace: about, revision }),
          about,
          actions: [
            {
              do: 'restore-namespace',
              cluster: namespace.cluster,
              target: targetOf(namespace),
              labels: original,
              forget: false,
            },
          ],
          progress,
        }
    }
    const kept = all.filter(({ leads }) => !leads).map(({ namespace }) => namespace.name)
    return {
      kind: 'done',
      because: kept.length > 0 ? says.say.kept({ revision, namespaces: few(kept) }) : says.say.restored(),
      progress,
    }
  },
  /** What the labels name may be moved by somebody though nobody touches the namespace. */
  still(s) {
    const { revision } = s.upgrade.to
    const astray = relabelled(s).find(
      ({ namespace, original, leads }) => !leads && sameJson(choice(namespace), original),
    )
    return astray && says.say.astray({ namespace: astray.namespace.name, revision })
  },
})

/** From its beginning on, a namespace may have the labels that it had before. */
export function passesRestoring({ step, stage, plan }: UpgradeRecord): boolean {
  const stages = plan.DataPlaneUpgrade
  return (
    step === 'PostUpgrade' || (step === 'DataPlaneUpgrade' && stages.indexOf(stage) >= stages.indexOf(restoreLabels.id))
  )
}
