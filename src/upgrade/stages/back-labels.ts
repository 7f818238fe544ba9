import { injectorAnswer, targetOf } from '../moving.ts'
import { choice, originalOf, wouldBeOn } from '../namespaces.ts'
import { sameJson } from '../../lib/json.ts'
import type { NamespaceFact } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { defineStage, type Situation } from '../stage.ts'

const says = sentences('back-labels', {
  restoring: 'Giving namespace {namespace} its labels back.',
  proving: 'Waiting until dry-run pods in {namespace} are injected by {revision} again: {answer}.',
  back: 'Namespaces have the labels they had.',
})

type Part = 'namespaces' | 'webhooks' | 'controlPlanes'

const ours = (
  s: Situation<Part>,
): readonly { readonly namespace: NamespaceFact; readonly original: Readonly<Record<string, string>> }[] =>
  s.seen.namespaces
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((namespace) => {
      const original = originalOf(namespace, s.upgrade.id)
      return original === undefined ? [] : [{ namespace, original }]
    })

/** Before any restart: a pod that is made meanwhile must already be the old revision's. The annotation stays until the end. */
export const backLabels = defineStage({
  id: 'back-labels',
  title: 'Give namespaces their labels back',
  reads: ['namespaces', 'webhooks', 'controlPlanes'],
  says,
  asks: (s) =>
    ours(s).map(({ namespace }) => ({
      ask: 'dry-run-pod' as const,
      cluster: namespace.cluster,
      namespace: namespace.name,
      labels: {},
      times: 1,
    })),
  forward(s) {
    const { revision } = s.upgrade.from
    for (const [index, { namespace, original }] of ours(s).entries()) {
      const about = namespace.name
      if (!sameJson(choice(namespace), original))
        return {
          kind: 'act',
          because: says.say.restoring({ namespace: about }),
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
        }
      if (!wouldBeOn(namespace, original, revision, s.seen)) continue
      const answer = injectorAnswer(s.answers.slice(index, index + 1), revision)
      if (answer !== 'good')
        return {
          kind: 'wait',
          lookAgainInMs: 500,
          because: says.say.proving({ namespace: about, revision, answer }),
          about,
        }
    }
    return { kind: 'done', because: says.say.back() }
  },
})
