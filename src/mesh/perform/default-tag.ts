/**
 * The default tag, as the new chart itself renders it. Applied under Helm's name, so that the user's next Helm run owns
 * it and meets no conflict; made by us under ours it would be refused, as the server fills fields in.
 *
 * First staged, with selectors that never match: istiod fills the caBundle within milliseconds. Made active without one
 * instead, pods are refused until then.
 */

import { Problem, problemFrom } from '../../lib/problem.ts'
import type { Action } from '../../upgrade/actions.ts'
import { istioNamespace } from '../../upgrade/mesh.ts'
import { ownedBy } from '../chart-crds.ts'
import type { Helm, KubeObject } from '../cluster.ts'
import { installValues } from '../install-values.ts'
import { items } from '../observe/read.ts'
import { mutatingWebhooks, services } from '../resources.ts'
import type { Hands } from './aim.ts'
import { neverMatch } from './webhook-patch.ts'

export async function applyDefaultTag(
  hands: Hands & { readonly helm: Helm },
  action: Extract<Action, { do: 'apply-default-tag' }>,
): Promise<void> {
  const { release, version, values, staged } = action
  const rendered = await hands.helm.template(
    { name: release, namespace: istioNamespace },
    { chart: 'istiod', version },
    { ...installValues(values, action), revisionTags: ['default'] },
    hands.signal,
  )
  const made = rendered.filter((one) => one.metadata.labels?.['istio.io/tag'] === 'default')
  if (made.length === 0) throw noTag(version)
  for (const one of made) await applyOwned(hands, ownedBy(release, staged ? staging(one) : one))
}

function staging(object: KubeObject): KubeObject {
  if (object.kind !== mutatingWebhooks.kind) return object
  const webhooks = items(object, 'webhooks').map((one) => ({
    ...(one as object),
    namespaceSelector: neverMatch,
    objectSelector: neverMatch,
  }))
  return { ...object, webhooks }
}

/** Without force: a default tag that somebody else made meanwhile is not taken over. That is no lost race, looking again would not help. */
async function applyOwned({ cluster, signal }: Hands, object: KubeObject): Promise<void> {
  const resource = object.kind === mutatingWebhooks.kind ? mutatingWebhooks : services
  const placed = resource.namespaced
    ? { ...object, metadata: { ...object.metadata, namespace: istioNamespace } }
    : object
  try {
    await cluster.apply(resource, placed, { manager: 'helm', force: false }, signal)
  } catch (thrown) {
    const problem = problemFrom(thrown)
    if (problem.kind !== 'conflict' || !problem.message.includes('conflicts with')) throw problem
    throw new Problem({
      kind: 'rejected',
      code: 'mesh/owned-by-another',
      text: `${object.kind} ${object.metadata.name} is written by somebody else as well; remove it or give it up there. ${problem.message}`,
      cause: problem,
    })
  }
}

function noTag(version: string): Problem {
  return new Problem({
    kind: 'rejected',
    code: 'mesh/no-default-tag',
    text: `The istiod chart of ${version} makes no default tag; look at its value revisionTags.`,
  })
}
