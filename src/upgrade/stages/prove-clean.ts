import { injectorAnswer } from '../moves/moving.ts'
import { inMesh } from '../moves/namespaces.ts'
import type { NamespaceFact, Probe } from '../mesh.ts'
import { closingLines } from '../closing.ts'
import { originalOf } from '../moves/namespaces.ts'
import { sentences } from '../reason.ts'
import { isRefusedByOthers } from '../moves/refusal.ts'
import { defineStage, type Situation } from '../stage.ts'
import { askDefault } from '../moves/default-followers.ts'
import { hadDefault } from './make-default.ts'
import { configAnswer } from './move-validator.ts'

const says = sentences('prove-clean', {
  dangling: '{webhook} still points at Service {service}, which is gone. Point it at {wanted}, or delete it.',
  config: 'Istio configuration is not validated as it should be: {answer}.',
  default: 'Dry-run pods that ask for the default are not injected by {revision}: {answer}.',
  unvalidated:
    'Proven: nothing points at control plane {old}, and {count} namespaces inject by {revision}. Istio configuration was not validated before, and is not now.',
  injection: 'Dry-run pods in {namespace} are not injected by {revision}: {answer}.',
  clean:
    'Proven: nothing points at control plane {old}, a valid Istio object is accepted and an invalid one refused, and {count} namespaces inject by {revision}.',
})

/** Those that this upgrade moved; what somebody does with a namespace of theirs meanwhile is theirs. */
const moved = (s: Situation<'namespaces'>): readonly NamespaceFact[] =>
  inMesh(s.seen.namespaces).filter((namespace) => originalOf(namespace, s.upgrade.id) !== undefined)

export const proveClean = defineStage({
  id: 'prove-clean',
  title: 'Prove that nothing points at what is gone',
  reads: ['namespaces', 'webhooks'],
  says,
  asks: (s): readonly Probe[] => [
    ...s.upgrade.mesh.clusters.map((cluster) => ({ ask: 'dry-run-config' as const, cluster })),
    ...moved(s).map((namespace) => ({
      ask: 'dry-run-pod' as const,
      cluster: namespace.cluster,
      namespace: namespace.name,
      labels: {},
      times: 1,
    })),
    ...(hadDefault(s.upgrade, s.before) ? askDefault(s) : []),
  ],
  forward(s) {
    const { upgrade, seen, answers } = s
    const { from, to } = upgrade
    const dangling = seen.webhooks.find((webhook) => webhook.webhooks.some((one) => one.service === from.service))
    if (dangling)
      return {
        kind: 'hold',
        needs: 'repair',
        because: says.say.dangling({
          webhook: `${dangling.kind} ${dangling.name}`,
          service: from.service,
          wanted: to.service,
        }),
      }
    const configs = answers.slice(0, upgrade.mesh.clusters.length)
    const validates = upgrade.validates !== false
    const bad = configs.map(configAnswer).find((answer) => answer !== 'good')
    if (validates && bad !== undefined)
      return { kind: 'wait', lookAgainInMs: 2000, because: says.say.config({ answer: bad }) }
    const namespaces = moved(s)
    for (const [index, namespace] of namespaces.entries()) {
      const mine = answers.slice(configs.length + index, configs.length + index + 1)
      const answer = injectorAnswer(mine, to.revision)
      if (answer !== 'good' && !isRefusedByOthers(mine))
        return {
          kind: 'wait',
          lookAgainInMs: 2000,
          because: says.say.injection({ namespace: namespace.name, revision: to.revision, answer }),
          about: namespace.name,
        }
    }
    const rest = answers.slice(configs.length + namespaces.length)
    const answer = rest.length === 0 ? 'good' : injectorAnswer(rest, to.revision)
    if (answer !== 'good' && !isRefusedByOthers(rest))
      return { kind: 'wait', lookAgainInMs: 2000, because: says.say.default({ revision: to.revision, answer }) }
    const facts = { old: from.revision, count: namespaces.length, revision: to.revision }
    return {
      kind: 'done',
      because: validates ? says.say.clean(facts) : says.say.unvalidated(facts),
      learned: { closing: closingLines(s) },
    }
  },
})
