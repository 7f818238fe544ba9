/** Part `meshConfigs`: what istiods configure proxies with. One request a control plane, so apart from those. */

import { istioNamespace } from '../../upgrade/mesh.ts'
import type { MeshConfigFact } from '../../upgrade/mesh.ts'
import { configMaps, deployments } from '../resources.ts'
import { revisionOf, suffixOf } from './control-planes.ts'
import type { Look } from './look.ts'
import { text } from './read.ts'

/** A control plane without the ConfigMap has none. */
export async function observeMeshConfigs(look: Look): Promise<readonly MeshConfigFact[]> {
  const found = await look.list(deployments, { namespace: istioNamespace, labelSelector: 'app=istiod' })
  const facts = await Promise.all(
    found.map(revisionOf).map(async (revision) => {
      const place = { name: `istio${suffixOf(revision)}`, namespace: istioNamespace }
      const mesh = text(await look.cluster.get(configMaps, place, look.signal), 'data', 'mesh')
      return mesh === undefined ? [] : [{ cluster: look.cluster.name, revision, mesh }]
    }),
  )
  return facts.flat()
}
