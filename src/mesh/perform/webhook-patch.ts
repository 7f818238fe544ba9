/** Parts of webhook configurations that several actions change. */

import { isRecord } from '../../lib/json.ts'
import type { Selector } from '../../upgrade/mesh.ts'
import type { KubeObject, PatchOperation } from '../cluster.ts'
import { field, items } from '../observe/read.ts'
import { set } from './json-patch.ts'

/** Every webhook to this Service; one that calls a URL stays as it is. */
export function callService(configuration: KubeObject, service: string): readonly PatchOperation[] {
  return items(configuration, 'webhooks').flatMap((webhook, at) =>
    isRecord(field(webhook, 'clientConfig', 'service'))
      ? set(configuration, ['webhooks', at, 'clientConfig', 'service', 'name'], service)
      : [],
  )
}

/** No object has this label: the configuration stays, ready to be put back, and matches nothing. istioctl writes the same. */
export const neverMatch: Selector = { matchLabels: { 'istio.io/deactivated': 'never-match' } }

export function matchNothing(configuration: KubeObject): readonly PatchOperation[] {
  return items(configuration, 'webhooks').flatMap((_webhook, at) => [
    ...set(configuration, ['webhooks', at, 'namespaceSelector'], neverMatch),
    ...set(configuration, ['webhooks', at, 'objectSelector'], neverMatch),
  ])
}
