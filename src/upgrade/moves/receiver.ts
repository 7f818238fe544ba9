/** Before new pods or configuration are pointed at a control plane, it must be able to answer: both ways. */

import type { Observation } from '../mesh.ts'
import { sentences } from '../reason.ts'
import type { ControlPlaneRef } from '../record.ts'
import { controlPlaneOf } from '../facts/seen.ts'
import type { Verdict } from '../stage.ts'

export const receiverSentences = sentences('receiver', {
  notReady:
    'Control plane {revision} is to be pointed at and is not ready: {ready} of {wanted} replicas{trouble}. Nothing is changed meanwhile.',
  gone: 'Control plane {revision} is to be pointed at and is not there. Put it back; it goes on by itself when it is ready.',
})

interface Receiving {
  readonly seen: Pick<Observation<'controlPlanes'>, 'controlPlanes'>
  readonly upgrade: { readonly mesh: { readonly clusters: readonly string[] } }
}

/** The verdict when the control plane that receives is ready everywhere; else what is waited for. */
export function whenReady({ seen, upgrade }: Receiving, { revision }: ControlPlaneRef, verdict: Verdict): Verdict {
  for (const cluster of upgrade.mesh.clusters) {
    const plane = controlPlaneOf(seen.controlPlanes, cluster, revision)
    if (!plane)
      return { kind: 'hold', needs: 'repair', because: receiverSentences.say.gone({ revision }), about: revision }
    if (plane.ready > 0) continue
    const trouble = plane.trouble ? ` (${plane.trouble})` : ''
    const facts = { revision, ready: plane.ready, wanted: plane.wanted, trouble }
    return { kind: 'wait', lookAgainInMs: 1000, because: receiverSentences.say.notReady(facts), about: revision }
  }
  return verdict
}
