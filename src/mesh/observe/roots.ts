/** Part `roots`: the root certificates that proxies trust. */

import { createHash } from 'node:crypto'
import { istioNamespace } from '../../upgrade/mesh.ts'
import type { RootFact } from '../../upgrade/mesh.ts'
import { configMaps, pods } from '../resources.ts'
import { injectionOf } from './injection.ts'
import type { Look } from './look.ts'
import { eachOf } from './look.ts'
import { text } from './read.ts'

const name = 'istio-ca-root-cert'

/** Read where istiod is and where injected pods are; one fact a certificate, a bundle has several. Each is fetched by name: no right to list ConfigMaps everywhere is needed. */
export async function observeRoots(look: Look): Promise<readonly RootFact[]> {
  const injected = (await look.list(pods)).filter((pod) => injectionOf(pod) !== undefined)
  const places = new Set([istioNamespace, ...injected.map((pod) => pod.metadata.namespace ?? '')])
  const found = await eachOf([...places].toSorted(), 8, async (namespace) => {
    const map = await look.cluster.get(configMaps, { name, namespace }, look.signal)
    return fingerprints(text(map, 'data', 'root-cert.pem')).map((fingerprint) => ({
      cluster: look.cluster.name,
      about: `${namespace}/${name}`,
      fingerprint,
    }))
  })
  return found.flat()
}

/** SHA-256 of each certificate's DER. A text without any is compared as it stands: it cannot equal a real one. */
export function fingerprints(pem: string | undefined): readonly string[] {
  if (pem === undefined) return []
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)]
  const contents = blocks.length > 0 ? blocks.map(([, block = '']) => Buffer.from(block, 'base64')) : [Buffer.from(pem)]
  return contents.map((one) => createHash('sha256').update(one).digest('hex'))
}
