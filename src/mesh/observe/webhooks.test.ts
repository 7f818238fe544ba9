import { expect, test } from 'vitest'
import type { KubeObject } from '../cluster.ts'
import { serviceOf, servesIstio } from './webhooks.ts'

function configuration(
  name: string,
  labels: Readonly<Record<string, string>>,
  webhooks: readonly unknown[],
): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, labels },
    webhooks,
  }
}
const calling = (name: string, namespace: string) => ({ clientConfig: { service: { name, namespace } } })

test('a configuration serves Istio by what it calls', () => {
  expect(servesIstio(configuration('mine', {}, [calling('istiod-1-31', 'istio-system')]))).toBe(true)
  expect(servesIstio(configuration('cert-manager', {}, [calling('cert-manager', 'cert-manager')]))).toBe(false)
  expect(servesIstio(configuration('other', {}, [calling('istiod', 'elsewhere')]))).toBe(false)
})

test('a tag that calls nothing that is there any more is still one of Istio', () => {
  const tag = { 'istio.io/tag': 'prod' }
  expect(
    servesIstio(configuration('istio-revision-tag-prod', tag, [{ clientConfig: { url: 'https://istiod' } }])),
  ).toBe(true)
})

test('a Service in another namespace is told with it, so that it is never taken for ours', () => {
  expect(serviceOf(calling('istiod', 'istio-system'))).toBe('istiod')
  expect(serviceOf(calling('istiod', 'elsewhere'))).toBe('elsewhere/istiod')
  expect(serviceOf({ clientConfig: { url: 'https://istiod' } })).toBeUndefined()
})
