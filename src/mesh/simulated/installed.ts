/** Which Istio runs in a simulated world. */

import { istiodPods } from './endpoints.ts'
import type { World } from './world.ts'

/** Version of the control plane that has been there longest, `1.30.2`; undefined when there is none. */
export function installedVersion(world: World): string | undefined {
  world.catchUp()
  const oldest = istiodPods(world.api).toSorted((a, b) =>
    String(a.pod.metadata.creationTimestamp).localeCompare(String(b.pod.metadata.creationTimestamp)),
  )
  return oldest[0]?.istiod.version
}
