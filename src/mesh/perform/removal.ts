/** Deleting one object, exactly the one that was previewed. */

import type { Action } from '../../upgrade/actions.ts'
import { resourceOf } from '../ask/object-ref.ts'
import type { Hands } from './aim.ts'

/** With its uid as a precondition: one that was made anew under the same name stays. Already gone is fine. */
export async function deleteObject(
  { cluster, signal }: Hands,
  { object }: Extract<Action, { do: 'delete-object' }>,
): Promise<void> {
  const { name, namespace, uid } = object
  await cluster.remove(resourceOf(object), { name, ...(namespace !== undefined && { namespace }) }, uid, signal)
}
