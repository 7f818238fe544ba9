import { isNeverMatch } from '../istio/selectors.ts'
import { defaultTag, injectorName } from '../istio/revisions.ts'
import { askDefault, defaultAnswer } from '../moves/default-followers.ts'
import type { WebhookFact } from '../mesh.ts'
import { recordedBodies } from '../moves/bodies.ts'
import { targetOf } from '../moves/moving.ts'
import { sentences } from '../reason.ts'
import { whenReady } from '../moves/receiver.ts'
import { pointsTo, releaseOf, tagServiceOf, webhookOf } from '../facts/seen.ts'
import type { Before, UpgradeRecord } from '../record.ts'
import { defineStage } from '../stage.ts'
import { valuesFor } from '../facts/values.ts'
import { tagActions } from './move-tags.ts'

const says = sentences('make-default', {
  noDefault: 'The mesh has no default revision; nothing to move.',
  pointing: 'Pointing the default tag at {revision}.',
  redirecting: 'Pointing the injector of the default at {service}: from now on {revision} injects for the default.',
  staging: 'Creating the default tag of {revision}, not matching anything yet.',
  filling: 'Waiting for {revision} to fill in the CA bundle of the default tag.',
  activating: 'Letting the default tag of {revision} match.',
  retiring: 'Letting the un-revisioned injector match nothing; it is kept for going back.',
  settling: 'Waiting until dry-run pods of the default are injected by {revision} everywhere: {answer}.',
  done: '{revision} is the default revision.',
  noRelease:
    'Helm release {release} is not there any more; its values are needed for the default tag. Roll back, or put it back.',
  gone: 'The default tag of {revision} is not there any more, or matches nothing: nobody injects for the default. Put it back (revisionTags of Helm release {release} must name it once it did), or roll back.',
  twice:
    'Injector {injector} matches pods again, beside the default tag of {revision}. Let it match nothing, or roll back.',
  broken: 'The default points at {service} again; somebody moved it back. Point it at {revision}, or roll back.',
})
const say = says.say

const isStaged = (tag: WebhookFact): boolean => tag.webhooks.every((webhook) => isNeverMatch(webhook.namespaceSelector))
const isOff = (injector: WebhookFact): boolean =>
  injector.webhooks.every((webhook) => isNeverMatch(webhook.namespaceSelector) && isNeverMatch(webhook.objectSelector))

/**
 * An un-revisioned old control plane: three writes, each leaving every pod injected exactly once (decision 3).
 *
 *   1 injector -> Service of the new one    the switch: from here the new one injects for the default
 *   2 default tag, staged, then for real    both match, and both are the new control plane: same pod
 *   3 injector matches nothing              only the tag is left
 *
 * Not in the order of `istioctl tag set default`: between its writes pods start without a sidecar.
 * A default tag that is there already moves by one patch, as any tag.
 */
export const makeDefault = defineStage({
  id: 'make-default',
  title: 'Make the new control plane the default',
  reads: ['webhooks', 'tagServices', 'namespaces', 'releases', 'controlPlanes'],
  says,
  asks: (s) => (s.upgrade.from.revision === 'default' ? askDefault(s) : []),
  forward(s) {
    const { upgrade, seen, now, settings, outside } = s
    const { from, to } = upgrade
    const settled = now - upgrade.actedAt >= settings.settleMs
    for (const cluster of upgrade.mesh.clusters) {
      const tag = webhookOf(seen.webhooks, cluster, defaultTag)
      const injector =
        from.revision === 'default' ? webhookOf(seen.webhooks, cluster, injectorName(from.revision)) : undefined
      if (tag && !isStaged(tag)) {
        const actions = tagActions(s, tag)
        if (actions.length > 0)
          return whenReady(s, to, { kind: 'act', because: say.pointing({ revision: to.revision }), actions })
      }
      if (!injector || (isOff(injector) && pointsTo(injector, from.service))) continue
      const release = releaseOf(seen.releases, cluster, from.release)
      if (!release) return { kind: 'hold', needs: 'repair', because: say.noRelease({ release: from.release }) }
      if (!isOff(injector) && !pointsTo(injector, to.service))
        return whenReady(s, to, {
          kind: 'act',
          because: say.redirecting({ service: to.service, revision: to.revision }),
          actions: [{ do: 'redirect-injector', cluster, target: targetOf(injector), service: to.service }],
        })
      const answer = defaultAnswer(s, to.revision)
      if (!settled || answer !== 'good')
        return {
          kind: 'wait',
          lookAgainInMs: settings.settleMs,
          because: say.settling({ revision: to.revision, answer: settled ? answer : 'just written' }),
        }
      const body = {
        do: 'apply-default-tag',
        cluster,
        release: to.release,
        version: to.version,
        revision: to.revision,
        values: valuesFor(release, to, outside.values),
      } as const
      if (!tag)
        return { kind: 'act', because: say.staging({ revision: to.revision }), actions: [{ ...body, staged: true }] }
      if (!tag.webhooks.every((webhook) => webhook.hasCaBundle))
        return { kind: 'wait', lookAgainInMs: 250, because: say.filling({ revision: to.revision }) }
      if (isStaged(tag))
        return {
          kind: 'act',
          because: say.activating({ revision: to.revision }),
          actions: [{ ...body, staged: false }],
        }
      return {
        kind: 'act',
        because: say.retiring(),
        actions: [{ do: 'deactivate-injector', cluster, target: targetOf(injector), service: from.service }],
      }
    }
    const any = upgrade.mesh.clusters.some(
      (cluster) => webhookOf(seen.webhooks, cluster, defaultTag) ?? tagServiceOf(seen.tagServices, cluster, 'default'),
    )
    if (!any) return { kind: 'done', because: say.noDefault() }
    const answer = defaultAnswer(s, to.revision)
    if (answer !== 'good')
      return {
        kind: 'wait',
        lookAgainInMs: settings.settleMs,
        because: say.settling({ revision: to.revision, answer }),
      }
    return { kind: 'done', because: say.done({ revision: to.revision }) }
  },
  still({ upgrade, seen, before }) {
    const { from, to } = upgrade
    for (const cluster of upgrade.mesh.clusters) {
      const tag = webhookOf(seen.webhooks, cluster, defaultTag)
      if (tag && pointsTo(tag, from.service)) return say.broken({ service: from.service, revision: to.revision })
      if (hadDefault(upgrade, before) && (!tag || isStaged(tag)))
        return say.gone({ revision: to.revision, release: to.release })
      const injector =
        from.revision === 'default' ? webhookOf(seen.webhooks, cluster, injectorName(from.revision)) : undefined
      if (injector && !isOff(injector)) return say.twice({ injector: injector.name, revision: to.revision })
    }
    return undefined
  },
})

/** Did somebody inject for the default before? An un-revisioned control plane did; a revisioned one by a default tag. */
export function hadDefault({ from }: UpgradeRecord, before: Before | undefined): boolean {
  return from.revision === 'default' || recordedBodies(before).some((one) => one.name === defaultTag)
}
