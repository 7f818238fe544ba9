import { expect, test } from 'vitest'
import type { KubeObject } from '../cluster.ts'
import { isBack } from './put-back.ts'

interface Change {
  readonly kind?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly failurePolicy?: string
  readonly caBundle?: string
  readonly service?: string
}

function configuration(change: Change = {}): KubeObject {
  const { kind = 'MutatingWebhookConfiguration', labels = { app: 'sidecar-injector' }, failurePolicy = 'Fail' } = change
  const { caBundle = 'old', service = 'istiod' } = change
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'istio-sidecar-injector', labels },
    webhooks: [
      {
        name: 'namespace.sidecar-injector.istio.io',
        failurePolicy,
        clientConfig: { caBundle, service: { name: service } },
      },
    ],
  }
}

test('what istiod keeps up itself does not count as a difference', () => {
  expect(isBack(configuration({ caBundle: 'rotated' }), configuration())).toBe(true)
  const validator = { kind: 'ValidatingWebhookConfiguration' }
  expect(isBack(configuration(validator), configuration({ ...validator, failurePolicy: 'Ignore' }))).toBe(true)
})

test('failurePolicy of an injector counts: nobody repairs it, and Ignore loses sidecars in silence', () => {
  expect(isBack(configuration({ failurePolicy: 'Ignore' }), configuration())).toBe(false)
})

test('Service and labels count', () => {
  expect(isBack(configuration({ service: 'istiod-1-31' }), configuration())).toBe(false)
  expect(isBack(configuration({ labels: {} }), configuration())).toBe(false)
})

test('a Service is back whatever address it got', () => {
  const service = (clusterIP: string, app: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'istiod-revision-tag-prod' },
    spec: { clusterIP, clusterIPs: [clusterIP], selector: { app } },
  })
  expect(isBack(service('10.0.0.1', 'istiod'), service('10.0.0.2', 'istiod'))).toBe(true)
  expect(isBack(service('10.0.0.1', 'other'), service('10.0.0.1', 'istiod'))).toBe(false)
})
