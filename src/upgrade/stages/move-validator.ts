import { defaultValidator } from '../istio/revisions.ts'
import type { Answer } from '../mesh.ts'
import { targetOf } from '../moves/moving.ts'
import { sentences } from '../reason.ts'
import { whenReady } from '../moves/receiver.ts'
import { pointsTo, webhookOf } from '../facts/seen.ts'
import { defineStage } from '../stage.ts'

const says = sentences('move-validator', {
  none: 'There is no default validator.',
  foreign: 'The default validator points at {service}, which is not the old control plane; left alone.',
  moving: 'Pointing the default validator at {service}.',
  proving: 'Waiting until {service} accepts a valid Istio object and refuses an invalid one: {answer}.',
  moved: '{service} validates Istio configuration: a valid object was accepted and an invalid one refused (dry run).',
  broken:
    'The default validator points at {service} again; somebody moved it back. Point it at {wanted}, or roll back.',
})

/** P1: a validator left on a removed control plane refuses every Istio object of the cluster. */
export const moveValidator = defineStage({
  id: 'move-validator',
  title: 'Let the new control plane validate configuration',
  reads: ['webhooks', 'controlPlanes'],
  says,
  asks: (s) => s.upgrade.mesh.clusters.map((cluster) => ({ ask: 'dry-run-config' as const, cluster })),
  forward(s) {
    const { upgrade, seen, answers } = s
    const { from, to } = upgrade
    for (const [index, cluster] of upgrade.mesh.clusters.entries()) {
      const validator = webhookOf(seen.webhooks, cluster, defaultValidator)
      // Nobody refused invalid objects before, so nobody is asked to at the end.
      if (!validator) return { kind: 'done', because: says.say.none(), learned: { validates: false } }
      if (!pointsTo(validator, to.service)) {
        if (!pointsTo(validator, from.service))
          return {
            kind: 'done',
            because: says.say.foreign({ service: validator.webhooks[0]?.service ?? 'a URL' }),
            learned: { validates: configAnswer(answers[index]) === 'good' },
          }
        return whenReady(s, to, {
          kind: 'act',
          because: says.say.moving({ service: to.service }),
          actions: [
            { do: 'point-validator', cluster, target: targetOf(validator), revision: to.revision, service: to.service },
          ],
        })
      }
      const answer = configAnswer(answers[index])
      if (answer !== 'good')
        return { kind: 'wait', lookAgainInMs: 1000, because: says.say.proving({ service: to.service, answer }) }
    }
    return { kind: 'done', because: says.say.moved({ service: to.service }) }
  },
  still({ upgrade, seen }) {
    const { from, to } = upgrade
    const back = seen.webhooks.find((webhook) => webhook.name === defaultValidator && pointsTo(webhook, from.service))
    return back && says.say.broken({ service: from.service, wanted: to.service })
  },
})

/** `good` when a valid object is accepted and an invalid one refused. */
export function configAnswer(answer: Answer | undefined): string {
  if (answer?.ask !== 'dry-run-config') return 'no answer'
  if (answer.valid !== 'accepted') return `a valid object was refused: ${answer.valid}`
  return answer.invalid === 'accepted' ? 'an invalid object was accepted' : 'good'
}
