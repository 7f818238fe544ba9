import { expect, test } from 'vitest'
import type { Resource } from '../cluster.ts'
import { daemonSets, kubernetesGatewayClasses, kubernetesGateways, namespaces } from '../resources.ts'
import { anObject, stillLook } from './still-look.ts'
import { observeUnsupported } from './unsupported.ts'

const [gateways = daemonSets, olderGateways = daemonSets]: readonly Resource[] = kubernetesGateways
const [classes = daemonSets]: readonly Resource[] = kubernetesGatewayClasses
const ofClass = (gatewayClassName: string) => ({ spec: { gatewayClassName } })

test('a quiet mesh has nothing that is not supported', async () => {
  const look = stillLook(anObject(daemonSets, 'kube-system/node-agent'), anObject(namespaces, 'shop'))
  expect(await observeUnsupported(look)).toEqual([])
})

test('gateways of the Gateway API are told once, whatever versions the server has, and only those of Istio', async () => {
  const look = stillLook(
    anObject(gateways, 'shop/edge', { uid: '1' }, ofClass('istio')),
    anObject(olderGateways, 'shop/edge', { uid: '1' }, ofClass('istio')),
    anObject(gateways, 'shop/other', {}, ofClass('nginx')),
  )
  expect(await observeUnsupported(look)).toEqual([{ cluster: 'east', what: 'kubernetes-gateway', about: 'shop/edge' }])
})

test('the controller of a class decides, not its name', async () => {
  const look = stillLook(
    anObject(classes, 'company', {}, { spec: { controllerName: 'istio.io/gateway-controller' } }),
    anObject(classes, 'istio-like', {}, { spec: { controllerName: 'example.com/gateways' } }),
    anObject(gateways, 'shop/edge', {}, ofClass('company')),
    anObject(gateways, 'shop/other', {}, ofClass('istio-like')),
  )
  expect((await observeUnsupported(look)).map((one) => one.about)).toEqual(['shop/edge'])
})

test('waypoints, ambient namespaces, ztunnel and the CNI agent are told by what they are', async () => {
  const look = stillLook(
    anObject(gateways, 'shop/waypoint', {}, ofClass('istio-waypoint')),
    anObject(namespaces, 'shop', { labels: { 'istio.io/dataplane-mode': 'ambient' } }),
    anObject(namespaces, 'none', { labels: { 'istio.io/dataplane-mode': 'none' } }),
    anObject(daemonSets, 'istio-system/ztunnel'),
    anObject(daemonSets, 'kube-system/istio-cni-node'),
  )
  expect((await observeUnsupported(look)).map(({ what, about }) => [what, about])).toEqual([
    ['waypoint', 'shop/waypoint'],
    ['ambient-namespace', 'shop'],
    ['ztunnel', 'istio-system/ztunnel'],
    ['istio-cni', 'kube-system/istio-cni-node'],
  ])
})
