/** Who injected a pod, read from the pod alone. */

import type { Injection } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { field, items, text } from './read.ts'

/**
 * Undefined for a pod that was not injected. A pod in flight while its namespace moved is injected twice: its annotation
 * then names the new revision while image and discovery are the old one's, so all three are told as they stand.
 */
export function injectionOf(pod: KubeObject): Injection | undefined {
  const inits = proxiesIn(items(pod, 'spec', 'initContainers'))
  const proxies = [...inits, ...proxiesIn(items(pod, 'spec', 'containers'))]
  const revision = pod.metadata.annotations?.['istio.io/rev']
  // An annotation without a proxy is one that a person wrote, or an ambient pod; a proxy without one was injected by hand.
  const [proxy] = proxies
  if (proxy === undefined) return undefined
  // A classic gateway that nobody injected: its container waits for the injector to give it an image.
  if (revision === undefined && text(proxy, 'image') === 'auto') return undefined
  return {
    revision: revision ?? '',
    image: text(proxy, 'image') ?? '',
    discovery: discoveryOf(proxy),
    native: inits.some((one) => text(one, 'restartPolicy') === 'Always'),
    proxies: proxies.length,
  }
}

function proxiesIn(containers: readonly unknown[]): readonly unknown[] {
  return containers.filter((one) => text(one, 'name') === 'istio-proxy')
}

/**
 * `istiod-1-31.istio-system.svc:15012`. The injector leaves `discoveryAddress` out of PROXY_CONFIG where it is Istio's
 * own default (seen in its template code): an un-revisioned proxy is then known by CA_ADDR, the same address.
 */
function discoveryOf(proxy: unknown): string {
  const address = discoveryAddress(envOf(proxy, 'PROXY_CONFIG')) ?? envOf(proxy, 'CA_ADDR') ?? ''
  if (address === '') return ''
  const hostAndPort = address.replace(/^[a-z]+:\/\//, '')
  return /:\d+$/.test(hostAndPort) ? hostAndPort : `${hostAndPort}:15012`
}

function discoveryAddress(config: string | undefined): string | undefined {
  if (config === undefined) return undefined
  try {
    return text(JSON.parse(config), 'discoveryAddress')
  } catch {
    return undefined
  }
}

function envOf(container: unknown, name: string): string | undefined {
  const found = items(container, 'env').find((one) => field(one, 'name') === name)
  return text(found, 'value')
}
