import type { Action } from '../actions.ts'
import { askDefault, defaultAnswer } from '../moves/default-followers.ts'
import { isNeverMatch } from '../istio/selectors.ts'
import { defaultTag, injectorName } from '../istio/revisions.ts'
import { putBack, recordedBodies } from '../moves/bodies.ts'
import type { ObjectRef, TagServiceFact, WebhookFact } from '../mesh.ts'
import { targetOf } from '../moves/moving.ts'
import { sentences } from '../reason.ts'
import { whenReady } from '../moves/receiver.ts'
import { pointsTo, tagServiceOf, webhookOf } from '../facts/seen.ts'
import { defineStage, type Verdict } from '../stage.ts'

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
 *
 * From between forward's last two writes, with injector and tag both matching and both on the new one, the tag goes
 * first: the injector covers all that it matched. Pointing the tag back there would have every pod injected by both.
 */
export const backDefault = defineStage({
  id: 'back-default',
  title: 'Give the default back to the old control plane',
  reads: ['webhooks', 'tagServices', 'namespaces', 'controlPlanes'],
  says,
  asks: (s) => (s.upgrade.from.revision === 'default' && s.before ? askDefault(s) : []),
  forward(s) {
    const { upgrade, seen, before, now, settings } = s
    const { from } = upgrade
    const recorded = recordedBodies(before)
    const settled = now - upgrade.actedAt >= settings.settleMs
    const answer = settled ? defaultAnswer(s, from.revision) : 'just written'
    const settling: Verdict = {
      kind: 'wait',
      lookAgainInMs: settings.settleMs,
      because: say.settling({ revision: from.revision, answer }),
    }
    for (const cluster of upgrade.mesh.clusters) {
      // A default tag that was there before is put back with the other tags.
      if (!before || recorded.some((one) => one.name === defaultTag && one.cluster === cluster)) continue
      const tag = webhookOf(seen.webhooks, cluster, defaultTag)
      const active = tag !== undefined && !tag.webhooks.every((webhook) => isNeverMatch(webhook.namespaceSelector))
      const injector = webhookOf(seen.webhooks, cluster, injectorName(from.revision))
      const covered =
        injector !== undefined && !injector.webhooks.every((webhook) => isNeverMatch(webhook.namespaceSelector))
      const bodies = putBack(
        recorded.filter(
          (one) =>
            one.cluster === cluster &&
            one.name === injectorName(from.revision) &&
            one.kind === 'MutatingWebhookConfiguration',
        ),
        seen.webhooks,
      )
      const deletions = deletionsOf(cluster, tag, tagServiceOf(seen.tagServices, cluster, 'default'))
      if (active && covered && bodies.length > 0) return { kind: 'act', because: say.deleting(), actions: deletions }
      if (active && !pointsTo(tag, from.service))
        return whenReady(s, from, {
          kind: 'act',
          because: say.pointing({ service: from.service, revision: from.revision }),
          actions: [
            { do: 'point-tag', cluster, target: targetOf(tag), revision: from.revision, service: from.service },
          ],
        })
      if (bodies.length > 0) {
        // Where an API server has not heard of the last write, the tag still injects: by the old one already, or nobody else may.
        if (!settled || (active && answer !== 'good')) return settling
        return whenReady(s, from, { kind: 'act', because: say.restoring(), actions: bodies })
      }
      if (deletions.length > 0) {
        if (answer !== 'good') return settling
        return { kind: 'act', because: say.deleting(), actions: deletions }
      }
    }
    return { kind: 'done', because: say.back() }
  },
})

function deletionsOf(
  cluster: string,
  tag: WebhookFact | undefined,
  service: TagServiceFact | undefined,
): readonly Action[] {
  const webhooks = {
    kind: 'MutatingWebhookConfiguration',
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    plural: 'mutatingwebhookconfigurations',
  } as const
  const services = { kind: 'Service', group: '', version: 'v1', plural: 'services' } as const
  const objects: readonly ObjectRef[] = [
    ...(tag ? [{ ...webhooks, name: tag.name, uid: tag.uid }] : []),
    ...(service ? [{ ...services, namespace: service.namespace, name: service.name, uid: service.uid }] : []),
  ]
  return objects.map((object) => ({ do: 'delete-object', cluster, object }))
}
