import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../cluster.ts'
import { kinds } from './kinds.ts'
import type { Pod } from './shapes.ts'
import { trial, withCanary } from './trial.ts'

describe('who injects', () => {
  test('is decided by the namespace, and by the pod where the namespace is silent', () => {
    const on = trial('demo')
    expect(on.probe('shop')).toBe('default 1.30.2')
    expect(on.probe('billing')).toBe('default 1.30.2')
    expect(on.probe('search')).toBe('default 1.30.2')
    expect(on.probe('reports')).toBe('none')
    expect(on.probe('reports', { 'sidecar.istio.io/inject': 'true' })).toBe('default 1.30.2')
    expect(on.probe('reports', { 'istio.io/rev': 'prod' })).toBe('default 1.30.2')
    expect(on.probe('shop', { 'sidecar.istio.io/inject': 'false' })).toBe('none')
  })

  test('a label of the pod loses against a namespace that has one', () => {
    const on = trial('demo')
    withCanary(on)
    expect(on.probe('shop', { 'istio.io/rev': '1-31' })).toBe('default 1.30.2')
    expect(on.probe('reports', { 'istio.io/rev': '1-31' })).toBe('1-31 1.31.0')
    on.label('shop', { 'istio.io/rev': '1-31' })
    expect(on.probe('shop')).toBe('default 1.30.2')
    on.label('shop', { 'istio-injection': null })
    expect(on.probe('shop')).toBe('1-31 1.31.0')
  })

  test('a revision that nobody serves injects silently nothing', () => {
    const on = trial('demo')
    on.label('billing', { 'istio.io/rev': 'gone' })
    expect(on.probe('billing')).toBe('none')
  })

  test('host network, the system namespace and a veto by annotation are exempt', () => {
    const { api } = trial('demo')
    const made = (namespace: string, annotations: Readonly<Record<string, string>>, hostNetwork: boolean) =>
      api.create(
        kinds.Pod,
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'p', namespace, annotations },
          spec: { hostNetwork, containers: [{ name: 'app', image: 'x' }] },
        },
        'me',
        true,
      ) as Pod
    expect(made('shop', {}, true).spec.containers).toHaveLength(1)
    expect(made('shop', { 'sidecar.istio.io/inject': 'false' }, false).spec.initContainers).toBeUndefined()
    expect(made('shop', {}, false).spec.initContainers?.map((each) => each.name)).toEqual(['istio-init', 'istio-proxy'])
  })

  test('a sidecar is an init container that stays from 1.27 on, and an ordinary one before', () => {
    const native = trial('demo').api.all(kinds.Pod, {
      namespace: 'shop',
      selector: { matchLabels: { app: 'cart' } },
    })[0] as Pod
    expect(native.spec.initContainers?.find((each) => each.name === 'istio-proxy')).toMatchObject({
      restartPolicy: 'Always',
      image: 'docker.io/istio/proxyv2:1.30.2',
    })
    const classic = trial('classic').api.all(kinds.Pod, {
      namespace: 'shop',
      selector: { matchLabels: { app: 'cart' } },
    })[0] as Pod
    expect(classic.spec.containers.map((each) => each.name)).toEqual(['app', 'istio-proxy'])
    const gateway = trial('demo').api.all(kinds.Pod, {
      namespace: 'shop',
      selector: { matchLabels: { app: 'gateway' } },
    })[0] as Pod
    expect(gateway.spec.containers).toMatchObject([{ name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.30.2' }])
  })
})

describe('two injectors', () => {
  test('of equal kind: the last one wins', () => {
    const on = trial('demo')
    withCanary(on, { revisionTags: ['default'] })
    // `istio-revision-tag-default` is asked before `istio-sidecar-injector`: pods still come up on the old one (B5).
    expect(on.probe('shop')).toBe('default 1.30.2')
  })

  test('of different kind: the pod is refused', () => {
    const on = trial('classic')
    withCanary(on, { revisionTags: ['default'] })
    expect(on.probe('shop')).toContain('Duplicate value: "istio-proxy"')
  })
})

describe('a pod in flight during a change of labels', () => {
  const change = { 'istio-injection': null, 'istio.io/rev': '1-31' }

  test('is still answered by the old one while the cache lags', () => {
    const on = trial('demo', { namespaceCacheLagMs: 30 })
    withCanary(on)
    on.label('shop', change)
    expect(on.probe('shop')).toBe('default 1.30.2')
    on.pass(30)
    expect(on.probe('shop')).toBe('1-31 1.31.0')
  })

  test('is injected twice: it says new, and is old (1.22 to 1.31)', () => {
    const on = trial('classic', { doubleInjection: true })
    withCanary(on)
    on.label('shop', change)
    expect(on.probe('shop')).toBe('1-31 1.22.0')
    on.pass(60)
    const stored = on.api
      .all(kinds.Pod, { namespace: 'shop' })
      .filter((each) => on.describe(each) === '1-31 1.22.0') as readonly KubeObject[] as readonly Pod[]
    expect(stored).toHaveLength(1)
    const proxy = stored[0]?.spec.initContainers?.find((each) => each.name === 'istio-proxy')
    expect(proxy?.restartPolicy).toBe('Always')
    expect(proxy?.env?.find((each) => each.name === 'CA_ADDR')?.value).toBe('istiod.istio-system.svc:15012')
    on.pass(200)
    expect(on.probe('shop')).toBe('1-31 1.31.0')
  })

  test('with equal code the second injection undoes the first', () => {
    const on = trial('demo', { doubleInjection: true })
    withCanary(on)
    on.label('shop', change)
    expect(on.probe('shop')).toBe('1-31 1.31.0')
  })

  test('on the way back nobody ever misses a sidecar', () => {
    const on = trial('classic', { doubleInjection: true })
    withCanary(on)
    on.label('shop', change)
    on.pass(1000)
    on.label('shop', { 'istio-injection': 'enabled', 'istio.io/rev': null })
    expect(on.probe('shop')).toBe('default 1.22.0')
  })
})

describe('when no istiod answers', () => {
  test('pods are refused, or let in bare where the webhook may be ignored', () => {
    const on = trial('demo', { dead: [{ revision: 'default', fromMs: 0, toMs: 10_000 }] })
    expect(on.probe('shop')).toContain('failed calling webhook "namespace.sidecar-injector.istio.io"')
    expect(on.probe('shop')).toContain('no endpoints available for service "istiod"')
    on.api.patch(
      kinds.MutatingWebhookConfiguration,
      { name: 'istio-sidecar-injector' },
      [{ op: 'replace', path: '/webhooks/2/failurePolicy', value: 'Ignore' }],
      'me',
    )
    expect(on.probe('shop')).toBe('none')
    on.pass(12_000)
    expect(on.probe('shop')).toBe('default 1.30.2')
  })

  test('a webhook without a certificate is as good as dead', () => {
    const on = trial('demo')
    on.api.patch(
      kinds.MutatingWebhookConfiguration,
      { name: 'istio-sidecar-injector' },
      [{ op: 'remove', path: '/webhooks/2/clientConfig/caBundle' }],
      'me',
    )
    expect(on.probe('shop')).toContain('x509')
    on.pass(100)
    expect(on.probe('shop')).toBe('default 1.30.2')
  })
})

describe('Istio objects', () => {
  const virtualService = (weight: number, labels: Readonly<Record<string, string>> = {}) => ({
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'VirtualService',
    metadata: { name: 'probe', namespace: 'default', labels },
    spec: { hosts: ['x.example'], http: [{ route: [{ destination: { host: 'x' }, weight }] }] },
  })
  const resource = {
    group: 'networking.istio.io',
    version: 'v1beta1',
    plural: 'virtualservices',
    kind: 'VirtualService',
    namespaced: true,
  }

  test('are judged by the live validator', () => {
    const { api } = trial('demo')
    expect(api.create(resource, virtualService(100), 'me', true).metadata.name).toBe('probe')
    expect(() => api.create(resource, virtualService(-1), 'me', true)).toThrow(
      'admission webhook "validation.istio.io" denied the request',
    )
  })

  test('cannot be written at all while the validator points to what is gone', () => {
    const { api } = trial('demo')
    api.remove(kinds.Service, { namespace: 'istio-system', name: 'istiod' }, 'me')
    expect(() => api.create(resource, virtualService(100), 'me', true)).toThrow('service "istiod" not found')
  })

  test('are not judged at all without a validator', () => {
    const { api } = trial('demo')
    api.remove(kinds.ValidatingWebhookConfiguration, { name: 'istiod-default-validator' }, 'me')
    expect(api.create(resource, virtualService(-1), 'me', true).metadata.name).toBe('probe')
    expect(() => api.create(resource, virtualService(-1, { 'istio.io/rev': 'default' }), 'me', true)).toThrow(
      'rev.validation.istio.io',
    )
  })
})
