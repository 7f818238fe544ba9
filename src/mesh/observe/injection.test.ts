import { expect, test } from 'vitest'
import type { KubeObject } from '../cluster.ts'
import { injectionOf } from './injection.ts'

interface Proxy {
  readonly image: string
  readonly env?: Readonly<Record<string, string>>
}

function pod(rev: string | undefined, parts: { init?: readonly Proxy[]; main?: readonly Proxy[] }): KubeObject {
  const container = ({ image, env = {} }: Proxy) => ({
    name: 'istio-proxy',
    image,
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
  })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cart', ...(rev !== undefined && { annotations: { 'istio.io/rev': rev } }) },
    spec: {
      initContainers: (parts.init ?? []).map((one) => ({ ...container(one), restartPolicy: 'Always' })),
      containers: [{ name: 'app', image: 'cart:1' }, ...(parts.main ?? []).map(container)],
    },
  }
}

test('a pod without a proxy was not injected, whatever its annotation says', () => {
  expect(injectionOf(pod('1-31', {}))).toBeUndefined()
})

test('a native sidecar is an init container that restarts', () => {
  const config = '{"discoveryAddress":"istiod-1-31.istio-system.svc:15012","proxyMetadata":{}}'
  const found = injectionOf(pod('1-31', { init: [{ image: 'hub/proxyv2:1.31.0', env: { PROXY_CONFIG: config } }] }))
  expect(found).toEqual({
    revision: '1-31',
    image: 'hub/proxyv2:1.31.0',
    discovery: 'istiod-1-31.istio-system.svc:15012',
    native: true,
    proxies: 1,
  })
})

test('an un-revisioned proxy, whose discovery address the injector leaves out, is known by CA_ADDR', () => {
  const env = { PROXY_CONFIG: '{}\n', CA_ADDR: 'istiod.istio-system.svc:15012' }
  const found = injectionOf(pod('default', { main: [{ image: 'hub/proxyv2:1.30.0', env }] }))
  expect(found).toMatchObject({ discovery: 'istiod.istio-system.svc:15012', native: false })
})

test('addresses are compared in one form: no scheme, always a port', () => {
  const of = (CA_ADDR: string) => injectionOf(pod('default', { main: [{ image: 'x', env: { CA_ADDR } }] }))?.discovery
  expect(of('https://istiod.istio-system.svc')).toBe('istiod.istio-system.svc:15012')
  expect(of('istiod.istio-system.svc:15012')).toBe('istiod.istio-system.svc:15012')
  expect(of('')).toBe('')
})

test('a pod injected twice tells the new annotation and the old proxy as they stand', () => {
  const env = { CA_ADDR: 'istiod-1-22.istio-system.svc:15012' }
  const old = { image: 'hub/proxyv2:1.22.0', env }
  expect(injectionOf(pod('1-31', { init: [old] }))).toMatchObject({
    revision: '1-31',
    image: 'hub/proxyv2:1.22.0',
    discovery: 'istiod-1-22.istio-system.svc:15012',
  })
  expect(injectionOf(pod('1-31', { init: [old], main: [old] }))?.proxies).toBe(2)
})

test('a proxy that was injected by hand has no revision', () => {
  expect(injectionOf(pod(undefined, { main: [{ image: 'hub/proxyv2:1.22.0' }] }))?.revision).toBe('')
})

test('a classic gateway that no injector filled in was not injected', () => {
  expect(injectionOf(pod(undefined, { main: [{ image: 'auto' }] }))).toBeUndefined()
})

test('a PROXY_CONFIG that is no JSON is no reason to fail', () => {
  const env = { PROXY_CONFIG: 'discoveryAddress: here', CA_ADDR: 'istiod.istio-system.svc:15012' }
  expect(injectionOf(pod('default', { main: [{ image: 'x', env }] }))?.discovery).toBe('istiod.istio-system.svc:15012')
})
