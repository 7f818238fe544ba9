/** What istiod's validation refuses; far less than the real one, enough to tell a validated write from an unvalidated one. */

import { isRecord } from '../../lib/json.ts'
import type { KubeObject } from '../cluster.ts'

/** Why the object is refused, in istiod's words. */
export function invalidity(object: KubeObject): string | undefined {
  if (object.metadata.annotations?.['istio.io/always-reject'] === 'true')
    return 'configuration is invalid: always-reject annotation found'
  const weight = weights(object['spec']).find((each) => each < 0)
  return weight === undefined ? undefined : `configuration is invalid: weight ${weight} < 0`
}

function weights(value: unknown): readonly number[] {
  if (Array.isArray(value)) return value.flatMap(weights)
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'weight' && typeof each === 'number' ? [each] : weights(each),
  )
}
