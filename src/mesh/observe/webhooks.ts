/** Part `webhooks`: mutating and validating webhook configurations that serve Istio. */

import { istioNamespace } from '../../upgrade/mesh.ts'
import type { WebhookFact } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { mutatingWebhooks, validatingWebhooks } from '../resources.ts'
import { bodyOf } from './body.ts'
import type { Look } from './look.ts'
import { items, labelsAt, managersOf, seen, selectorAt, text } from './read.ts'

export async function observeWebhooks(look: Look): Promise<readonly WebhookFact[]> {
  const [mutating, validating] = await Promise.all([look.list(mutatingWebhooks), look.list(validatingWebhooks)])
  return [
    ...mutating.filter(servesIstio).map((one) => fact(look, 'MutatingWebhookConfiguration', one)),
    ...validating.filter(servesIstio).map((one) => fact(look, 'ValidatingWebhookConfiguration', one)),
  ]
}

/** By what it calls or by how it is labelled: one that points nowhere any more is still found, and so is a foreign one that calls istiod. */
export function servesIstio(object: KubeObject): boolean {
  const labels = object.metadata.labels ?? {}
  const { name } = object.metadata
  return (
    labels['istio.io/rev'] !== undefined ||
    labels['istio.io/tag'] !== undefined ||
    labels['app'] === 'sidecar-injector' ||
    name === 'istiod-default-validator' ||
    name.startsWith('istio-validator') ||
    items(object, 'webhooks').some((one) => serviceOf(one)?.startsWith('istiod') === true)
  )
}

/** The Service in the Istio namespace that a webhook calls; a Service elsewhere is told with its namespace. */
export function serviceOf(webhook: unknown): string | undefined {
  const name = text(webhook, 'clientConfig', 'service', 'name')
  const namespace = text(webhook, 'clientConfig', 'service', 'namespace')
  if (name === undefined || namespace === istioNamespace) return name
  return `${namespace}/${name}`
}

function fact(look: Look, kind: WebhookFact['kind'], object: KubeObject): WebhookFact {
  return {
    ...seen(look.cluster.name, object),
    kind,
    labels: labelsAt(object, 'metadata', 'labels'),
    annotations: labelsAt(object, 'metadata', 'annotations'),
    webhooks: items(object, 'webhooks').map((one) => {
      const service = serviceOf(one)
      return {
        name: text(one, 'name') ?? '',
        ...(service !== undefined && { service }),
        namespaceSelector: selectorAt(one, 'namespaceSelector'),
        objectSelector: selectorAt(one, 'objectSelector'),
        failurePolicy: text(one, 'failurePolicy') ?? 'Fail', // the server's default in v1
        hasCaBundle: (text(one, 'clientConfig', 'caBundle') ?? '') !== '',
        injects: kind === 'MutatingWebhookConfiguration' && seesNewPods(one),
      }
    }),
    managers: managersOf(object),
    body: bodyOf(object),
  }
}

function seesNewPods(webhook: unknown): boolean {
  const oneOf = (rule: unknown, key: string, wanted: readonly string[]) =>
    items(rule, key).some((value) => wanted.includes(String(value)))
  return items(webhook, 'rules').some(
    (rule) =>
      oneOf(rule, 'operations', ['CREATE', '*']) &&
      oneOf(rule, 'apiGroups', ['', '*']) &&
      oneOf(rule, 'resources', ['pods', '*', '*/*']),
  )
}
