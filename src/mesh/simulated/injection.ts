/** What an istiod does to a pod: annotations, the proxy's container, the address it will be configured from. */

import { rejected } from './refusals.ts'
import type { Istiod } from './endpoints.ts'
import type { Container, Pod } from './shapes.ts'
import { nativeByDefault } from './versions.ts'

const exempt: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'])
const status = 'sidecar.istio.io/status'
const proxy = 'istio-proxy'

/** Vetoes that only the injector sees; the webhook's selectors have matched before. */
function vetoed(pod: Pod): boolean {
  const wish = pod.metadata.labels?.['sidecar.istio.io/inject'] ?? pod.metadata.annotations?.['sidecar.istio.io/inject']
  return wish === 'false' || pod.spec.hostNetwork === true || exempt.has(pod.metadata.namespace ?? '')
}

/**
 * A pod that was injected before is injected anew when both do it the same way: the last one wins (seen with equal code).
 * When they differ (1.22 against 1.31), a native injector over a classic sidecar leaves the old proxy's image and addresses in
 * the new place, and a classic one over a native sidecar gives a second container `istio-proxy`, which the API server refuses.
 */
export function injected(pod: Pod, istiod: Istiod): Pod {
  if (vetoed(pod)) return pod
  const gateway = pod.metadata.annotations?.['inject.istio.io/templates'] === 'gateway'
  const native = wantsNative(pod, istiod) && !gateway
  const existing = pod.metadata.annotations?.[status] === undefined ? undefined : proxyOf(pod)
  if (existing?.native && !native)
    throw rejected(
      `Pod "${pod.metadata.name}" is invalid: spec.initContainers[${(pod.spec.initContainers ?? []).length - 1}].name: Duplicate value: "${proxy}".`,
    )
  const fresh = { ...(gateway ? proxyOf(pod)?.container : {}), ...proxyContainer(pod, istiod, native) }
  const { image, env = [] } = existing?.container ?? fresh
  const kept = existing && existing.native !== native ? { image, env } : {}
  return withProxy(pod, { ...fresh, ...kept }, istiod, native, gateway)
}

/** The proxy of a pod that has one, and whether it is a native sidecar. */
function proxyOf(pod: Pod): { readonly container: Container; readonly native: boolean } | undefined {
  const classic = pod.spec.containers.find((each) => each.name === proxy)
  const native = pod.spec.initContainers?.find((each) => each.name === proxy)
  if (classic) return { container: classic, native: false }
  return native && { container: native, native: true }
}

function wantsNative(pod: Pod, istiod: Istiod): boolean {
  const asked = pod.metadata.annotations?.['sidecar.istio.io/nativeSidecar'] ?? istiod.env['ENABLE_NATIVE_SIDECARS']
  return asked === 'true' || asked === 'false' ? asked === 'true' : nativeByDefault(istiod.version)
}

function proxyContainer(pod: Pod, istiod: Istiod, native: boolean): Container {
  const image = pod.metadata.annotations?.['sidecar.istio.io/proxyImage'] ?? `${istiod.hub}/proxyv2:${istiod.version}`
  // The un-revisioned address is Istio's default and left out, as the real template does.
  const config = istiod.revision === 'default' ? {} : { discoveryAddress: istiod.address }
  return {
    name: proxy,
    image,
    ...(native ? { restartPolicy: 'Always' } : {}),
    args: ['proxy', 'sidecar'],
    env: [
      { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
      { name: 'CA_ADDR', value: istiod.address },
      { name: 'PROXY_CONFIG', value: `${JSON.stringify(config)}\n` },
      { name: 'ISTIO_META_CLUSTER_ID', value: 'Kubernetes' },
    ],
    readinessProbe: { httpGet: { path: '/healthz/ready', port: 15021 } },
  }
}

function withProxy(pod: Pod, container: Container, istiod: Istiod, native: boolean, gateway: boolean): Pod {
  const others = (list: readonly Container[] | undefined): readonly Container[] =>
    (list ?? []).filter((each) => each.name !== proxy && each.name !== 'istio-init')
  const setup: readonly Container[] = gateway
    ? []
    : [{ name: 'istio-init', image: container.image, args: ['istio-iptables'] }]
  const initContainers = [...setup, ...(native ? [container] : []), ...others(pod.spec.initContainers)]
  const written = {
    initContainers: initContainers.map((each) => each.name).filter((each) => each === proxy || each === 'istio-init'),
    containers: native ? null : [proxy],
    volumes: ['istio-envoy', 'istio-data', 'istio-podinfo', 'istio-token', 'istiod-ca-cert'],
    imagePullSecrets: null,
    revision: istiod.revision,
  }
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { ...pod.metadata.annotations, 'istio.io/rev': istiod.revision, [status]: JSON.stringify(written) },
      labels: { ...pod.metadata.labels, 'security.istio.io/tlsMode': 'istio' },
    },
    spec: {
      ...pod.spec,
      ...(initContainers.length > 0 ? { initContainers } : {}),
      containers: [...others(pod.spec.containers), ...(native ? [] : [container])],
    },
  }
}
