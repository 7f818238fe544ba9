/** The mutating webhooks of a revision and of its tags, with the selectors that make them mutually exclusive. */

import type { Selector } from '../../../upgrade/mesh.ts'
import type { KubeObject } from '../../cluster.ts'
import type { Webhook } from '../shapes.ts'
import { tagsHaveServices } from '../versions.ts'
import type { Rendering } from './release.ts'
import { revisionLabel, revisionLabels, serviceName, suffix } from './release.ts'
import { istiodPorts, istiodSelector } from './service.ts'

type Expression = NonNullable<Selector['matchExpressions']>[number]

const rev = 'istio.io/rev'
const injection = 'istio-injection'
const wish = 'sidecar.istio.io/inject'
const without = (key: string): Expression => ({ key, operator: 'DoesNotExist' })
const isOneOf = (key: string, ...values: readonly string[]): Expression => ({ key, operator: 'In', values })
const notDeclined: Expression = { key: wish, operator: 'NotIn', values: ['false'] }

export function revisionInjector(r: Rendering): KubeObject {
  const name = revisionLabel(r)
  const everywhere = r.values.enableNamespacesByDefault ? [unlabelled(r)] : []
  return configuration(r, `istio-sidecar-injector${suffix(r)}`, {}, [
    ...byRevision(r, name),
    ...(r.values.revision === '' ? [...byDefault(r), ...everywhere] : []),
  ])
}

/** A tag: the same webhooks under the tag's name, and a Service since 1.28. */
export function tagObjects(r: Rendering, tag: string): readonly KubeObject[] {
  const webhooks = [...byRevision(r, tag), ...(tag === 'default' ? byDefault(r) : [])]
  return [
    configuration(r, `istio-revision-tag-${tag}`, { 'istio.io/tag': tag }, webhooks),
    ...(tagsHaveServices(r.version) ? [tagService(r, tag)] : []),
  ]
}

function tagService(r: Rendering, tag: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `istiod-revision-tag-${tag}`,
      namespace: r.namespace,
      labels: { ...revisionLabels(r), 'istio.io/tag': tag, app: 'istiod', istio: 'pilot' },
    },
    spec: { ports: istiodPorts, selector: istiodSelector(r) },
  }
}

function configuration(
  r: Rendering,
  name: string,
  labels: Readonly<Record<string, string>>,
  webhooks: readonly Webhook[],
): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, labels: { ...revisionLabels(r), ...labels, app: 'sidecar-injector' } },
    webhooks,
  }
}

/** The namespace names the revision; or it names nothing and the pod does. */
function byRevision(r: Rendering, name: string): readonly Webhook[] {
  return [
    webhook(r, 'rev.namespace', [isOneOf(rev, name), without(injection)], [notDeclined]),
    webhook(r, 'rev.object', [without(rev), without(injection)], [notDeclined, isOneOf(rev, name)]),
  ]
}

/** Who injects where no revision is named: `istio-injection=enabled`, or a pod that asks. */
function byDefault(r: Rendering): readonly Webhook[] {
  return [
    webhook(r, 'namespace', [isOneOf(injection, 'enabled')], [notDeclined]),
    webhook(r, 'object', [without(injection), without(rev)], [isOneOf(wish, 'true'), without(rev)]),
  ]
}

function unlabelled(r: Rendering): Webhook {
  const system: Expression = {
    key: 'kubernetes.io/metadata.name',
    operator: 'NotIn',
    values: ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'],
  }
  return webhook(r, 'auto', [without(injection), without(rev), system], [without(wish), without(rev)])
}

function webhook(
  r: Rendering,
  prefix: string,
  namespaces: readonly Expression[],
  objects: readonly Expression[],
): Webhook {
  return {
    name: `${prefix}.sidecar-injector.istio.io`,
    clientConfig: { service: { name: serviceName(r), namespace: r.namespace, path: '/inject', port: 443 } },
    sideEffects: 'None',
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    admissionReviewVersions: ['v1'],
    namespaceSelector: { matchExpressions: namespaces },
    objectSelector: { matchExpressions: objects },
  }
}
