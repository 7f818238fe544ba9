import type { Action } from '../actions.ts'
import { askDefault, defaultAnswer } from '../default-followers.ts'
import { isNeverMatch } from '../istio/selectors.ts'
import { defaultTag, injectorName } from '../istio/revisions.ts'
import { putBack, recordedBodies } from '../bodies.ts'
import { targetOf } from '../moving.ts'
import { sentences } from '../reason.ts'
import { pointsTo, tagServiceOf, webhookOf } from '../seen.ts'
import { defineStage } from '../stage.ts'

const says = sentences('back-default', {
  pointing: 'Pointing the default tag back at {service}: from now on {revision} injects for the default again.',
  restoring: 'Giving the injector of the default its recorded body back.',
  deleting: 'Deleting the default tag that this upgrade made.',
  settling: 'Waiting until dry-run pods of the default are injected by {revision} everywhere: {answer}.',
  back: 'The default is as it was.',
})
const say = says.say

/**
 * Forward's three writes, each way clean (decision 3):
 *   1 default tag -> old Service   the switch    (staged, it matches nothing: then the injector's body is the switch)
 *   2 the injector's recorded body
 *   3 the tag goes
 * Deleting first: no sidecar for a second; restoring first: pods refused (two sidecars).
 */
export const backDefault = defineStage({
  id: 'back-default',
  title: 'Give the default back to the old control plane',
  reads: ['webhooks', 'tagServices', 'namespaces'],
  says,
  asks: (s) => (s.upgrade.from.revision === 'default' && s.before ? askDefault(s) : []),
  forward(s) {
    const { upgrade, seen, before, now, settings } = s
    const { from } = upgrade
    const recorded = recordedBodies(before)
    const settled = now - upgrade.actedAt >= settings.settleMs
    for (const cluster of upgrade.mesh.clusters) {
      // A default tag that was there before is put back with the other tags.
      if (!before || recorded.some((one) => one.name === defaultTag && one.cluster === cluster)) continue
      const tag = webhookOf(seen.webhooks, cluster, defaultTag)
      const staged = tag?.webhooks.every((webhook) => isNeverMatch(webhook.namespaceSelector)) ?? true
      if (tag && !staged && !pointsTo(tag, from.service))
        return {
          kind: 'act',
          because: say.pointing({ service: from.service, revision: from.revision }),
          actions: [
            { do: 'point-tag', cluster, target: targetOf(tag), revision: from.revision, service: from.service },
          ],
        }
      const wait = { kind: 'wait', lookAgainInMs: settings.settleMs } as const
      const injector = putBack(
        recorded.filter(
          (one) =>
            one.cluster === cluster &&
            one.name === injectorName(from.revision) &&
            one.kind === 'MutatingWebhookConfiguration',
        ),
        seen.webhooks,
      )
      const answer = defaultAnswer(s, from.revision)
      if (tag && !staged && injector.length > 0 && (!settled || answer !== 'good'))
        return {
          ...wait,
          because: say.settling({ revision: from.revision, answer: settled ? answer : 'just written' }),
        }
      if (injector.length > 0) return { kind: 'act', because: say.restoring(), actions: injector }
      const service = tagServiceOf(seen.tagServices, cluster, 'default')
      if (tag || service) {
        if (!settled || answer !== 'good')
          return {
            ...wait,
            because: say.settling({ revision: from.revision, answer: settled ? answer : 'just written' }),
          }
        const actions: Action[] = []
        if (tag)
          actions.push({
            do: 'delete-object',
            cluster,
            object: {
              kind: 'MutatingWebhookConfiguration',
              group: 'admissionregistration.k8s.io',
              version: 'v1',
              plural: 'mutatingwebhookconfigurations',
              name: tag.name,
              uid: tag.uid,
            },
          })
        if (service)
          actions.push({
            do: 'delete-object',
            cluster,
            object: {
              kind: 'Service',
              group: '',
              version: 'v1',
              plural: 'services',
              namespace: service.namespace,
              name: service.name,
              uid: service.uid,
            },
          })
        return { kind: 'act', because: say.deleting(), actions }
      }
    }
    return { kind: 'done', because: say.back() }
  },
})
