import { describe, expect, it } from 'vitest'
import { inMesh, isGatewayNamespace, isOn, originalOf, wouldBeOn } from './namespaces.ts'
import { controlPlane, gateway, namespace, newPlane, oldPlane, workload } from '../testing/facts.ts'
import { injector, tag } from '../testing/webhooks.ts'

const seen = {
  controlPlanes: [controlPlane(oldPlane), controlPlane(newPlane)],
  webhooks: [injector(oldPlane), injector(newPlane), tag('prod', oldPlane)],
}

describe('the labels that a namespace had', () => {
  const marked = (text: string) => namespace('shop', {}, { annotations: { 'meshlift.io/original-labels': text } })

  it.each([
    { when: 'it was not relabelled', of: namespace('shop'), is: undefined },
    {
      when: 'this upgrade relabelled it',
      of: marked('{"upgrade":"u1","labels":{"istio-injection":"enabled"}}'),
      is: { 'istio-injection': 'enabled' },
    },
    { when: 'it had none of these labels', of: marked('{"upgrade":"u1","labels":{}}'), is: {} },
    {
      when: 'another upgrade did',
      of: marked('{"upgrade":"u0","labels":{"istio-injection":"enabled"}}'),
      is: undefined,
    },
    { when: 'somebody wrote into it', of: marked('{'), is: undefined },
    { when: 'it is no object', of: marked('7'), is: undefined },
  ])('$when', ({ of, is }) => {
    expect(originalOf(of, 'u1')).toEqual(is)
  })
})

describe('which control plane a namespace is on', () => {
  it.each([
    { labels: { 'istio-injection': 'enabled' }, on: 'default' },
    { labels: { 'istio.io/rev': 'prod' }, on: 'default' },
    { labels: { 'istio.io/rev': '1-31-0' }, on: '1-31-0' },
    { labels: { 'istio.io/rev': '1-20' }, on: undefined },
    { labels: {}, on: undefined },
  ])('$labels: $on', ({ labels, on }) => {
    const of = namespace('shop', labels)
    for (const revision of ['default', '1-31-0', '1-20', 'prod']) expect(isOn(of, revision, seen)).toBe(revision === on)
  })

  it('is asked of the labels that it had as of those that it has', () => {
    const moved = namespace('shop', { 'istio.io/rev': '1-31-0' })
    expect(wouldBeOn(moved, { 'istio-injection': 'enabled' }, 'default', seen)).toBe(true)
    expect(wouldBeOn(moved, { 'istio-injection': 'enabled' }, '1-31-0', seen)).toBe(false)
    const tagMoved = { ...seen, webhooks: [injector(oldPlane), injector(newPlane), tag('prod', newPlane)] }
    expect(wouldBeOn(moved, { 'istio.io/rev': 'prod' }, '1-31-0', tagMoved)).toBe(true)
  })
})

describe('the namespaces of the mesh', () => {
  it('are those that ask for a sidecar and stay, by name', () => {
    const all = [
      namespace('shop', { 'istio.io/rev': 'prod' }),
      namespace('plain'),
      namespace('closed', { 'istio-injection': 'disabled' }),
      namespace('leaving', { 'istio-injection': 'enabled' }, { terminating: true }),
      namespace('desk', { 'istio-injection': 'enabled' }),
    ]
    expect(inMesh(all).map((one) => one.name)).toEqual(['desk', 'shop'])
  })

  it('belong to the gateways when nothing else runs in them', () => {
    const ingress = namespace('istio-ingress')
    const edge = gateway('istio-ingress/edge')
    expect(isGatewayNamespace(ingress, { workloads: [edge, workload('shop/web')] })).toBe(true)
    expect(isGatewayNamespace(ingress, { workloads: [edge, workload('istio-ingress/web')] })).toBe(false)
    expect(isGatewayNamespace(ingress, { workloads: [workload('shop/web')] })).toBe(false)
    expect(isGatewayNamespace(ingress, { workloads: [{ ...edge, cluster: 'west' }] })).toBe(false)
  })
})
