/** What live istiods write by themselves: certificates into webhooks, the root into namespaces, their election records. */

import { timestamp } from '../../../lib/clock.ts'
import type { KubeObject, Resource } from '../../cluster.ts'
import type { Api } from '../api.ts'
import type { Istiod } from '../endpoints.ts'
import { liveIstiods, meshNamespace } from '../endpoints.ts'
import { kinds } from '../kinds.ts'
import { caBundle, rootCertificate } from '../root-certificate.ts'
import type { WebhookConfiguration } from '../shapes.ts'
import { isGoing } from '../shapes.ts'
import { minorOf } from '../versions.ts'

const manager = 'pilot-discovery'

export function istiodsWrite(api: Api): void {
  const live = new Map(liveIstiods(api).map((each) => [each.revision, each]))
  if (live.size === 0) return
  for (const resource of [kinds.MutatingWebhookConfiguration, kinds.ValidatingWebhookConfiguration])
    fillWebhooks(api, resource, live)
  for (const namespace of api.all(kinds.Namespace))
    if (!isGoing(namespace)) makeOnce(api, kinds.ConfigMap, rootConfigMap(namespace.metadata.name))
  for (const each of electionRecords([...live.values()]))
    makeOnce(api, each.kind === 'Lease' ? kinds.Lease : kinds.ConfigMap, each)
  makeOnce(api, kinds.Secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'istio-ca-secret', namespace: meshNamespace },
    type: 'istio.io/ca-root',
    data: { 'ca-cert.pem': caBundle },
  })
}

/** The istiod that a configuration's label names fills its caBundles; a validator is raised to `Fail` in the same write. */
function fillWebhooks(api: Api, resource: Resource, live: ReadonlyMap<string, Istiod>): void {
  for (const each of api.all(resource) as readonly WebhookConfiguration[]) {
    if (!live.has(each.metadata.labels?.['istio.io/rev'] ?? '')) continue
    const validates = resource.kind === 'ValidatingWebhookConfiguration'
    const webhooks = (each.webhooks ?? []).map((hook) => ({
      ...hook,
      ...(hook.clientConfig.service ? { clientConfig: { ...hook.clientConfig, caBundle } } : {}),
      ...(validates ? { failurePolicy: 'Fail' } : {}),
    }))
    api.update(resource, { ...each, webhooks }, manager)
  }
}

function rootConfigMap(namespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio-ca-root-cert', namespace, labels: { 'istio.io/config': 'true' } },
    data: { 'root-cert.pem': rootCertificate },
  }
}

/** Leases of a revision's own and the locks that all revisions share. */
function electionRecords(live: readonly Istiod[]): readonly KubeObject[] {
  const leases = live.flatMap(({ revision, version }) => [
    `istio-gateway-deployment-${revision}`,
    ...(minorOf(version) >= 27 ? [`istio-gateway-status-leader-${revision}`] : []),
  ])
  const locks = [
    'istio-leader',
    'istio-namespace-controller-election',
    ...(live.some((each) => minorOf(each.version) >= 25) ? ['istio-ip-autoallocate'] : []),
  ]
  return [
    ...leases.map((name) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: meshNamespace },
      spec: { leaseDurationSeconds: 30 },
    })),
    ...locks.map((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace: meshNamespace,
        annotations: { 'control-plane.alpha.kubernetes.io/leader': JSON.stringify({ renewTime: timestamp(0) }) },
      },
    })),
  ]
}

function makeOnce(api: Api, resource: Resource, object: KubeObject): void {
  const namespace = api.find(kinds.Namespace, { name: object.metadata.namespace ?? '' })
  if (namespace && !isGoing(namespace) && !api.find(resource, object.metadata)) api.create(resource, object, manager)
}
