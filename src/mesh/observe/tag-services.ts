/** Part `tagServices`: Services that tags made (Istio 1.28 and newer). */

import { istioNamespace } from '../../upgrade/mesh.ts'
import type { TagServiceFact } from '../../upgrade/mesh.ts'
import { services } from '../resources.ts'
import { bodyOf } from './body.ts'
import type { Look } from './look.ts'
import { labelsAt, managersOf, seen } from './read.ts'

export async function observeTagServices(look: Look): Promise<readonly TagServiceFact[]> {
  const found = await look.list(services, { namespace: istioNamespace })
  return found.flatMap((service) => {
    const labels = labelsAt(service, 'metadata', 'labels')
    const tag = labels['istio.io/tag']
    if (tag === undefined) return []
    return {
      ...seen(look.cluster.name, service),
      namespace: istioNamespace,
      tag,
      revision: labels['istio.io/rev'] ?? 'default',
      selector: labelsAt(service, 'spec', 'selector'),
      annotations: labelsAt(service, 'metadata', 'annotations'),
      managers: managersOf(service),
      body: bodyOf(service),
    }
  })
}
