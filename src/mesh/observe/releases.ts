/** Part `releases`: Helm releases of Istio's own charts. */

import { istioNamespace } from '../../upgrade/mesh.ts'
import type { ReleaseFact } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { secrets } from '../resources.ts'
import type { Look } from './look.ts'
import { newestOf, releaseRecord } from './release-record.ts'

/** uid and resourceVersion -> the fact: a record is unpacked once, and a look at an idle mesh fetches no Secret. */
export type ReleaseMemo = Map<string, ReleaseFact>

export async function observeReleases(look: Look, memo: ReleaseMemo): Promise<readonly ReleaseFact[]> {
  const stored = await look.list(secrets, {
    namespace: istioNamespace,
    labelSelector: 'owner=helm',
    metadataOnly: true,
  })
  const found = await Promise.all(newestOf(stored).map((one) => factOf(look, one, memo)))
  return found.filter((one) => one !== 'gone').filter((one) => one.chart === 'base' || one.chart === 'istiod')
}

async function factOf(look: Look, listed: KubeObject, memo: ReleaseMemo): Promise<ReleaseFact | 'gone'> {
  const { name, uid, resourceVersion } = listed.metadata
  const key = `${uid} ${resourceVersion}`
  const known = memo.get(key)
  if (known !== undefined) return known
  const secret = await look.cluster.get(secrets, { name, namespace: istioNamespace }, look.signal)
  if (secret === undefined) return 'gone'
  const { manifest: _manifest, ...record } = releaseRecord(secret)
  const fact: ReleaseFact = { cluster: look.cluster.name, namespace: istioNamespace, ...record }
  memo.set(`${secret.metadata.uid} ${secret.metadata.resourceVersion}`, fact)
  return fact
}
