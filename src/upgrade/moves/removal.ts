/** The exact removal of one control plane, forward (the old one) and back (the new one): decision 4. */

import type { Action } from '../actions.ts'
import type { Answer, ObjectRef, Probe } from '../mesh.ts'
import { sentences } from '../reason.ts'
import type { ControlPlaneRef } from '../record.ts'
import type { Verdict } from '../stage.ts'

const words = {
  removing: 'Removing control plane {revision}: {what}.',
  stopping: 'Waiting for the last {pods} pods of istiod {revision}.',
} as const
export const removalSentences = sentences('removal', words)

export function askBelongings(clusters: readonly string[], { release, revision }: ControlPlaneRef): readonly Probe[] {
  return clusters.map((cluster) => ({ ask: 'belongings' as const, cluster, release, revision }))
}

const isWebhook = (object: ObjectRef): boolean => object.kind.endsWith('WebhookConfiguration')

/** Webhooks first, then the rest, then - with the pods gone - the release record, leases last. undefined when nothing is left. */
export function removeControlPlane(
  clusters: readonly string[],
  answers: readonly Answer[],
  { revision }: ControlPlaneRef,
): Verdict | undefined {
  for (const [index, cluster] of clusters.entries()) {
    const answer = answers[index]
    if (answer?.ask !== 'belongings')
      return { kind: 'wait', lookAgainInMs: 1000, because: removalSentences.say.removing({ revision, what: [] }) }
    const stages = [
      answer.remove.filter(isWebhook),
      answer.remove.filter((object) => !isWebhook(object) && object.kind !== 'Secret' && object.kind !== 'Lease'),
      answer.pods,
      answer.remove.filter((object) => object.kind === 'Secret'),
      answer.remove.filter((object) => object.kind === 'Lease'),
    ]
    for (const stage of stages) {
      if (typeof stage === 'number') {
        if (stage > 0)
          return {
            kind: 'wait',
            lookAgainInMs: 1000,
            because: removalSentences.say.stopping({ revision, pods: stage }),
          }
      } else if (stage.length > 0) {
        const actions = stage.map((object): Action => ({ do: 'delete-object', cluster, object }))
        return {
          kind: 'act',
          because: removalSentences.say.removing({
            revision,
            what: stage.map((object) => `${object.kind} ${object.name}`),
          }),
          actions,
        }
      }
    }
  }
  return undefined
}
