/** Pointing the default validator to another revision. Its release stays the base chart's. */

import type { Action } from '../../upgrade/actions.ts'
import { validatingWebhooks } from '../resources.ts'
import { change, current } from './aim.ts'
import type { Hands } from './aim.ts'
import { setMembers } from './json-patch.ts'
import { callService } from './webhook-patch.ts'

/** Label and Service in one patch: the label names who keeps its caBundle. */
export async function pointValidator(hands: Hands, action: Extract<Action, { do: 'point-validator' }>): Promise<void> {
  const { target, revision, service } = action
  const validator = await current(hands, validatingWebhooks, target)
  await change(hands, validatingWebhooks, target, [
    ...setMembers(validator, ['metadata', 'labels'], { 'istio.io/rev': revision }),
    ...callService(validator, service),
  ])
}
