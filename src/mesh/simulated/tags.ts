/** What a user's `istioctl tag` makes of a simulated world: its objects and its order, gaps included. */

import type { KubeObject } from '../cluster.ts'
import type { Api } from './api.ts'
import { tagObjects } from './charts/injectors.ts'
import type { Rendering } from './charts/release.ts'
import { valuesOf } from './charts/values.ts'
import { liveIstiods, meshNamespace, serviceNameOf } from './endpoints.ts'
import { builtInOf, kinds } from './kinds.ts'
import { caBundle } from './root-certificate.ts'
import type { WebhookConfiguration } from './shapes.ts'

const istioctl = 'istio-ci'
const neverMatch = { matchLabels: { 'istio.io/deactivated': 'never-match' } }

/** `istioctl tag set TAG --revision REV --overwrite`. `default` first switches the un-revisioned injector off, then moves the validator too. */
export function setTag(api: Api, tag: string, revision: string): void {
  const injector = `istio-sidecar-injector${revision === 'default' ? '' : `-${revision}`}`
  const source = api.find(kinds.MutatingWebhookConfiguration, { name: injector })
  const release = source?.metadata.annotations?.['meta.helm.sh/release-name'] ?? ''
  const version = liveIstiods(api).find((each) => each.revision === revision)?.version ?? '1.31.0'
  const values = valuesOf({ revision: revision === 'default' ? '' : revision }, version)
  const rendering: Rendering = { release, namespace: meshNamespace, chart: 'istiod', version, isUpgrade: false, values }
  if (tag === 'default') switchOff(api, 'istio-sidecar-injector')
  for (const each of tagObjects(rendering, tag)) applyCopied(api, withCaBundle(each), source)
  if (tag === 'default') moveValidator(api, revision, source)
}

/** `istioctl tag remove TAG`. The switched-off injector stays off, and the default validator goes with `default` (B5). */
export function removeTag(api: Api, tag: string): void {
  api.remove(kinds.MutatingWebhookConfiguration, { name: `istio-revision-tag-${tag}` }, istioctl)
  api.remove(kinds.Service, { namespace: meshNamespace, name: `istiod-revision-tag-${tag}` }, istioctl)
  if (tag === 'default')
    api.remove(kinds.ValidatingWebhookConfiguration, { name: 'istiod-default-validator' }, istioctl)
}

function switchOff(api: Api, name: string): void {
  const injector = api.find(kinds.MutatingWebhookConfiguration, { name }) as WebhookConfiguration | undefined
  if (!injector) return
  const webhooks = (injector.webhooks ?? []).map((each) => ({
    ...each,
    namespaceSelector: neverMatch,
    objectSelector: neverMatch,
  }))
  api.update(kinds.MutatingWebhookConfiguration, { ...injector, webhooks }, istioctl)
}

/** With the labels and annotations of Helm's objects, although Helm does not own it. */
function applyCopied(api: Api, object: KubeObject, source: KubeObject | undefined): void {
  const { annotations = {} } = source?.metadata ?? {}
  const resource = builtInOf(object.apiVersion, object.kind)
  if (!resource) return
  const copied = object.kind === 'Service' ? {} : { annotations: { ...annotations } }
  const labels = { ...object.metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' }
  api.apply(resource, { ...object, metadata: { ...object.metadata, labels, ...copied } }, istioctl, true)
}

function withCaBundle(object: KubeObject): KubeObject {
  const { webhooks } = object as WebhookConfiguration
  return webhooks
    ? { ...object, webhooks: webhooks.map((each) => ({ ...each, clientConfig: { ...each.clientConfig, caBundle } })) }
    : object
}

function moveValidator(api: Api, revision: string, source: KubeObject | undefined): void {
  const name = 'istiod-default-validator'
  const live = api.find(kinds.ValidatingWebhookConfiguration, { name }) as WebhookConfiguration | undefined
  const webhook = live?.webhooks?.[0] ?? {
    name: 'validation.istio.io',
    rules: [
      {
        operations: ['CREATE', 'UPDATE'],
        apiGroups: ['security.istio.io', 'networking.istio.io', 'telemetry.istio.io', 'extensions.istio.io'],
        apiVersions: ['*'],
        resources: ['*'],
      },
    ],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  }
  const { annotations = {}, labels = {} } = source?.metadata ?? {}
  const moved: KubeObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: {
      name,
      annotations: { ...annotations },
      labels: { ...labels, app: 'istiod', istio: 'istiod', 'istio.io/rev': revision, 'istio.io/tag': 'default' },
    },
    webhooks: [
      {
        ...webhook,
        failurePolicy: 'Fail',
        clientConfig: {
          caBundle,
          service: { name: serviceNameOf(revision), namespace: meshNamespace, path: '/validate', port: 443 },
        },
        objectSelector: {
          matchExpressions: [
            { key: 'istio.io/rev', operator: 'DoesNotExist' },
            { key: 'istio.io/tag', operator: 'DoesNotExist' },
          ],
        },
      },
    ],
  }
  api.apply(kinds.ValidatingWebhookConfiguration, moved, istioctl, true)
}
