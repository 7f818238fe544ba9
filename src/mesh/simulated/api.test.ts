import { describe, expect, test } from 'vitest'
import { kinds } from './kinds.ts'
import { contents } from './shelves.ts'
import { trial } from './trial.ts'

const cart = { namespace: 'shop', name: 'cart' }

describe('the API', () => {
  test('counts generations of what is wanted, not of labels, and writes nothing for nothing', () => {
    const { api } = trial('demo')
    const before = api.find(kinds.Deployment, cart)
    const labelled = api.patch(kinds.Deployment, cart, [{ op: 'add', path: '/metadata/labels/x', value: 'y' }], 'me')
    expect(labelled.metadata.generation).toBe(before?.metadata.generation)
    expect(Number(labelled.metadata.resourceVersion)).toBeGreaterThan(Number(before?.metadata.resourceVersion))
    const stamped = api.patch(
      kinds.Deployment,
      cart,
      [{ op: 'add', path: '/spec/template/metadata/annotations', value: { at: '1' } }],
      'me',
    )
    expect(stamped.metadata.generation).toBe((before?.metadata.generation ?? 0) + 1)
    expect(api.patch(kinds.Deployment, cart, [{ op: 'add', path: '/metadata/labels/x', value: 'y' }], 'me')).toBe(
      stamped,
    )
    expect(api.state.log.map((each) => `${each.verb} ${each.plural} ${each.name} by ${each.by}`)).toEqual([
      'patch deployments cart by me',
      'patch deployments cart by me',
    ])
  })

  test('refuses a patch against what was seen before', () => {
    const { api } = trial('demo')
    const { resourceVersion = '' } = api.find(kinds.Deployment, cart)?.metadata ?? {}
    const test = { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion } as const
    api.patch(kinds.Deployment, cart, [test, { op: 'add', path: '/metadata/labels/x', value: '1' }], 'me')
    expect(() =>
      api.patch(kinds.Deployment, cart, [test, { op: 'add', path: '/metadata/labels/x', value: '2' }], 'me'),
    ).toThrow(expect.objectContaining({ kind: 'conflict' }))
  })

  test('a dry run fills in and stores nothing', () => {
    const { api } = trial('demo')
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'probe', namespace: 'shop' },
      spec: { containers: [{ name: 'app', image: 'x' }] },
    }
    expect(api.create(kinds.Pod, pod, 'me', true).metadata.uid).toBeDefined()
    expect(api.find(kinds.Pod, pod.metadata)).toBeUndefined()
    expect(api.state.log).toEqual([])
  })

  test('knows no namespace, no kind and no object that is not there', () => {
    const { api } = trial('demo')
    const pod = (namespace: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace },
      spec: { containers: [] },
    })
    const gateway = {
      group: 'gateway.networking.k8s.io',
      version: 'v1',
      plural: 'gateways',
      kind: 'Gateway',
      namespaced: true,
    }
    expect(() => api.create(kinds.Pod, pod('nowhere'), 'me')).toThrow(expect.objectContaining({ kind: 'not-found' }))
    expect(api.all(gateway)).toEqual([])
    expect(() => api.create(gateway, { ...pod('shop'), kind: 'Gateway' }, 'me')).toThrow(
      expect.objectContaining({ kind: 'not-found' }),
    )
    expect(() => api.patch(kinds.Deployment, { namespace: 'shop', name: 'none' }, [], 'me')).toThrow(
      expect.objectContaining({ kind: 'not-found' }),
    )
    expect(() =>
      api.create(kinds.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, 'me'),
    ).toThrow(expect.objectContaining({ kind: 'conflict' }))
  })

  test('deletes only the object that was meant; a pod goes after its grace; owned objects follow', () => {
    const { api, pass } = trial('demo')
    expect(() => api.remove(kinds.Deployment, cart, 'me', 'another-uid')).toThrow(
      expect.objectContaining({ kind: 'conflict' }),
    )
    const pods = () => api.all(kinds.Pod, { namespace: 'shop', selector: { matchLabels: { app: 'cart' } } })
    api.remove(kinds.Deployment, cart, 'me', api.find(kinds.Deployment, cart)?.metadata.uid)
    pass(100)
    expect(pods().map((each) => each.metadata.deletionTimestamp !== undefined)).toEqual([true, true])
    pass(2000)
    expect(pods()).toEqual([])
    expect(api.all(kinds.ReplicaSet, { namespace: 'shop', selector: { matchLabels: { app: 'cart' } } })).toEqual([])
    api.remove(kinds.Deployment, cart, 'me')
  })

  test('a namespace that goes takes no new objects, and everything in it along', () => {
    const { api, pass } = trial('demo')
    api.remove(kinds.Namespace, { name: 'search' }, 'me')
    expect(() =>
      api.create(
        kinds.ConfigMap,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'search' } },
        'me',
      ),
    ).toThrow(expect.objectContaining({ kind: 'forbidden' }))
    pass(5000)
    expect(contents(api.state.objects).filter((each) => each.metadata.namespace === 'search')).toEqual([])
  })
})
