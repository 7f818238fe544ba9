/** Pointing a tag's webhook configuration, and its Service, to another revision. One patch an object: no pod sees half of it. */

import type { Action } from '../../upgrade/actions.ts'
import type { KubeObject, PatchOperation } from '../cluster.ts'
import { text } from '../observe/read.ts'
import { mutatingWebhooks, services } from '../resources.ts'
import { change, current } from './aim.ts'
import type { Hands } from './aim.ts'
import { set, setMembers } from './json-patch.ts'
import { callService } from './webhook-patch.ts'

const ownerPath = ['metadata', 'annotations', 'meta.helm.sh/release-name']

export async function pointTag(hands: Hands, action: Extract<Action, { do: 'point-tag' }>): Promise<void> {
  const { target, revision, service, release } = action
  const tag = await current(hands, mutatingWebhooks, target)
  await change(hands, mutatingWebhooks, target, [
    ...setMembers(tag, ['metadata', 'labels'], { 'istio.io/rev': revision }),
    ...rehome(tag, release),
    ...callService(tag, service),
  ])
}

export async function pointTagService(
  hands: Hands,
  action: Extract<Action, { do: 'point-tag-service' }>,
): Promise<void> {
  const { target, revision, selector, release } = action
  const service = await current(hands, services, target)
  await change(hands, services, target, [
    ...setMembers(service, ['metadata', 'labels'], { 'istio.io/rev': revision }),
    ...rehome(service, release),
    ...set(service, ['spec', 'selector'], selector),
  ])
}

/** A tag of Helm's becomes the new release's, else removing the old release would delete it; one that istioctl made has no owner and gets none. */
function rehome(object: KubeObject, release: string | undefined): readonly PatchOperation[] {
  if (release === undefined || text(object, ...ownerPath) === undefined) return []
  return set(object, ownerPath, release)
}
