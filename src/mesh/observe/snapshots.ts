/** Part `snapshots`: records of ours in the cluster of what was there before. */

import { istioNamespace } from '../../upgrade/mesh.ts'
import type { SnapshotFact } from '../../upgrade/mesh.ts'
import { configMaps } from '../resources.ts'
import type { Look } from './look.ts'
import { seen } from './read.ts'

export async function observeSnapshots(look: Look): Promise<readonly SnapshotFact[]> {
  const found = await look.list(configMaps, {
    namespace: istioNamespace,
    labelSelector: 'app.kubernetes.io/managed-by=meshlift',
    metadataOnly: true,
  })
  return found.flatMap((one) => {
    const upgrade = one.metadata.annotations?.['meshlift.io/upgrade']
    return upgrade === undefined ? [] : [{ ...seen(look.cluster.name, one), upgrade }]
  })
}
