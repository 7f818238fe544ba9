/** The record in the cluster of what was there before: ConfigMap `meshlift-<upgrade>` in the Istio namespace, wholly ours. */

import { gzipSync } from 'node:zlib'
import { istioNamespace } from '../../upgrade/mesh.ts'
import type { Action } from '../../upgrade/actions.ts'
import type { KubeObject } from '../cluster.ts'
import { ourName } from '../field-manager.ts'
import { configMaps } from '../resources.ts'
import type { Hands } from './aim.ts'

/** One key, `snapshot.json.gz.b64`: JSON, gzip, base64. Four namespaces with their webhooks take 4 kB so, 30 kB plain. */
export async function writeSnapshot(
  { cluster, signal }: Hands,
  { upgrade, snapshot }: Extract<Action, { do: 'write-snapshot' }>,
): Promise<void> {
  const packed = gzipSync(JSON.stringify(snapshot)).toString('base64')
  const map: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: nameFor(upgrade),
      namespace: istioNamespace,
      labels: { 'app.kubernetes.io/managed-by': 'meshlift' },
      annotations: { 'meshlift.io/upgrade': upgrade },
    },
    data: { 'snapshot.json.gz.b64': packed },
  }
  await cluster.apply(configMaps, map, { manager: ourName, force: true }, signal)
}

export async function deleteSnapshot(
  { cluster, signal }: Hands,
  { upgrade }: Extract<Action, { do: 'delete-snapshot' }>,
): Promise<void> {
  const at = { name: nameFor(upgrade), namespace: istioNamespace }
  const map = await cluster.get(configMaps, at, signal)
  if (map?.metadata.uid !== undefined) await cluster.remove(configMaps, at, map.metadata.uid, signal)
}

function nameFor(upgrade: string): string {
  return `meshlift-${upgrade}`
}
