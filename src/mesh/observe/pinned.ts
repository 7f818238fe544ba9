/** Part `pinned`: Istio configuration that only one revision reads. */

import type { PinnedConfigFact } from '../../upgrade/mesh.ts'
import { istioConfiguration } from '../resources.ts'
import type { Look } from './look.ts'
import { eachOf } from './look.ts'
import { about } from './read.ts'

export async function observePinned(look: Look): Promise<readonly PinnedConfigFact[]> {
  const found = await eachOf(istioConfiguration, 5, (resource) =>
    look.list(resource, { labelSelector: 'istio.io/rev', metadataOnly: true }),
  )
  return istioConfiguration.flatMap((resource, at) =>
    (found[at] ?? []).map((one) => ({
      cluster: look.cluster.name,
      about: `${resource.kind} ${about(one)}`,
      revision: one.metadata.labels?.['istio.io/rev'] ?? '',
    })),
  )
}
