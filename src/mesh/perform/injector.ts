/**
 * The injector of an un-revisioned control plane while the default moves.
 *
 *   1 redirect: its webhooks call the new revision's Service; that is the switch, in one patch
 *   2 the default tag is made and matches the same pods; both answer alike
 *   3 deactivate: the injector matches nothing and calls its own Service again
 *
 * In any other order pods start without a sidecar, or are injected by two versions and refused.
 */

import type { Action } from '../../upgrade/actions.ts'
import { mutatingWebhooks } from '../resources.ts'
import { change, current } from './aim.ts'
import type { Hands } from './aim.ts'
import { callService, matchNothing } from './webhook-patch.ts'

export async function redirectInjector(
  hands: Hands,
  action: Extract<Action, { do: 'redirect-injector' }>,
): Promise<void> {
  const injector = await current(hands, mutatingWebhooks, action.target)
  await change(hands, mutatingWebhooks, action.target, callService(injector, action.service))
}

export async function deactivateInjector(
  hands: Hands,
  action: Extract<Action, { do: 'deactivate-injector' }>,
): Promise<void> {
  const injector = await current(hands, mutatingWebhooks, action.target)
  await change(hands, mutatingWebhooks, action.target, [
    ...matchNothing(injector),
    ...callService(injector, action.service),
  ])
}
