/** Our entry out of an object's managedFields, at the end of an upgrade: else its owner's next Helm change is refused with a conflict naming us. */

import type { Action } from '../../upgrade/actions.ts'
import { resourceOf } from '../ask/object-ref.ts'
import { ourName } from '../field-manager.ts'
import type { Hands } from './aim.ts'

/** An object that would be left without any entry keeps ours: its next apply would meet a nameless owner of every field. */
export async function giveBack(
  { cluster, signal }: Hands,
  { object }: Extract<Action, { do: 'give-back' }>,
): Promise<void> {
  const resource = resourceOf(object)
  const at = { name: object.name, ...(object.namespace !== undefined && { namespace: object.namespace }) }
  const live = await cluster.get(resource, at, signal)
  if (live === undefined || live.metadata.uid !== object.uid) return
  const entries = live.metadata.managedFields ?? []
  const others = entries.filter((entry) => entry.manager !== ourName)
  if (others.length === 0 || others.length === entries.length) return
  await cluster.patch(
    resource,
    at,
    [
      { op: 'test', path: '/metadata/uid', value: object.uid },
      { op: 'test', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
      { op: 'replace', path: '/metadata/managedFields', value: others },
    ],
    signal,
  )
}
