/** An object as it is recorded and put back. */

import type { Body } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'

/**
 * Without what the server fills (managedFields, resourceVersion, generation, times, status); `kind` and `apiVersion`
 * stay, else it could not be made anew, and the uid, which tells whether it still is the same object.
 */
export function bodyOf(object: KubeObject): Body {
  const { status: _status, metadata, ...rest } = object
  const {
    managedFields: _managedFields,
    resourceVersion: _resourceVersion,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    deletionTimestamp: _deletionTimestamp,
    deletionGracePeriodSeconds: _deletionGracePeriodSeconds,
    selfLink: _selfLink,
    ...kept
  } = metadata
  return { ...rest, metadata: kept }
}
