/** Part `namespaces`, with who wrote the labels that choose a revision. */

import type { Labels, NamespaceFact } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { namespaces } from '../resources.ts'
import type { Look } from './look.ts'
import { isTerminating, labelsAt, managersOf, seen, text, writerOfLabel } from './read.ts'

/** The labels of a namespace that choose who injects its pods. */
export const choosingLabels = ['istio-injection', 'istio.io/rev'] as const

export async function observeNamespaces(look: Look): Promise<readonly NamespaceFact[]> {
  const found = await look.list(namespaces)
  return found.map((one) => ({
    ...seen(look.cluster.name, one),
    labels: labelsAt(one, 'metadata', 'labels'),
    annotations: labelsAt(one, 'metadata', 'annotations'),
    terminating: isTerminating(one) || text(one, 'status', 'phase') === 'Terminating',
    writers: writersOf(one),
    managers: managersOf(one),
  }))
}

function writersOf(namespace: KubeObject): Labels {
  const entries = namespace.metadata.managedFields ?? []
  return Object.fromEntries(
    choosingLabels.flatMap((label) => {
      const writer = writerOfLabel(entries, label)
      return writer === undefined ? [] : [[label, writer]]
    }),
  )
}
