/** What an API server fills in that nobody wrote; applied managers do not own it. */

import { isRecord } from '../../lib/json.ts'
import type { KubeObject } from '../cluster.ts'
import type { Webhook } from './shapes.ts'

export function withDefaults(object: KubeObject): KubeObject {
  const spec = isRecord(object['spec']) ? object['spec'] : {}
  switch (object.kind) {
    case 'Namespace':
      return {
        ...object,
        metadata: {
          ...object.metadata,
          labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
        },
        status: object['status'] ?? { phase: 'Active' },
      }
    case 'Deployment': {
      const strategy = isRecord(spec['strategy']) ? spec['strategy'] : {}
      const rollingUpdate = {
        maxSurge: '25%',
        maxUnavailable: '25%',
        ...(strategy['rollingUpdate'] as object | undefined),
      }
      return {
        ...object,
        spec: {
          replicas: 1,
          progressDeadlineSeconds: 600,
          ...spec,
          strategy: strategy['type'] === 'Recreate' ? strategy : { type: 'RollingUpdate', ...strategy, rollingUpdate },
        },
      }
    }
    case 'StatefulSet':
      return {
        ...object,
        spec: { replicas: 1, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }, ...spec },
      }
    case 'DaemonSet':
      return {
        ...object,
        spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } }, ...spec },
      }
    case 'Service':
      return { ...object, spec: { type: 'ClusterIP', clusterIP: `10.96.${addressOf(object.metadata.name)}`, ...spec } }
    case 'MutatingWebhookConfiguration':
    case 'ValidatingWebhookConfiguration':
      return {
        ...object,
        webhooks: ((object['webhooks'] ?? []) as readonly Webhook[]).map((each) => webhookDefaults(each, object.kind)),
      }
    case 'CustomResourceDefinition':
      return {
        ...object,
        status: {
          conditions: [
            { type: 'NamesAccepted', status: 'True' },
            { type: 'Established', status: 'True' },
          ],
        },
      }
    default:
      return object
  }
}

function webhookDefaults(webhook: Webhook, kind: string): Webhook {
  const { service } = webhook.clientConfig
  return {
    matchPolicy: 'Equivalent',
    timeoutSeconds: 10,
    ...(kind === 'MutatingWebhookConfiguration' ? { reinvocationPolicy: 'Never' } : {}),
    ...webhook,
    failurePolicy: webhook.failurePolicy ?? 'Fail',
    namespaceSelector: webhook.namespaceSelector ?? {},
    objectSelector: webhook.objectSelector ?? {},
    clientConfig: { ...webhook.clientConfig, ...(service ? { service: { port: 443, ...service } } : {}) },
    rules: (webhook.rules ?? []).map((rule) => ({ scope: '*', ...rule })),
  }
}

/** Stable and good enough to tell Services apart. */
function addressOf(name: string): string {
  const sum = Array.from(name).reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 62_500, 7)
  return `${Math.floor(sum / 250)}.${(sum % 250) + 1}`
}
