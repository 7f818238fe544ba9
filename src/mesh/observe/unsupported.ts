/** Part `unsupported`: what is there that the plan cannot move yet. */

import type { UnsupportedFact } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { daemonSets, kubernetesGatewayClasses, kubernetesGateways, namespaces } from '../resources.ts'
import type { Look } from './look.ts'
import { about, text } from './read.ts'

export async function observeUnsupported(look: Look): Promise<readonly UnsupportedFact[]> {
  const [gateways, classes, ofDaemonSets, ofNamespaces] = await Promise.all([
    inAnyVersion(look, kubernetesGateways),
    inAnyVersion(look, kubernetesGatewayClasses),
    look.list(daemonSets),
    look.list(namespaces),
  ])
  const cluster = look.cluster.name
  return [
    ...gateways
      .filter((one) => isIstios(one, classes))
      .map((one) => ({ cluster, what: gatewayKind(one), about: about(one) })),
    ...ofNamespaces
      .filter((one) => one.metadata.labels?.['istio.io/dataplane-mode'] === 'ambient')
      .map((one) => ({ cluster, what: 'ambient-namespace' as const, about: about(one) })),
    ...ofDaemonSets
      .filter((one) => one.metadata.name === 'ztunnel' || one.metadata.labels?.['app'] === 'ztunnel')
      .map((one) => ({ cluster, what: 'ztunnel' as const, about: about(one) })),
    ...ofDaemonSets
      .filter((one) => one.metadata.name === 'istio-cni-node' || one.metadata.labels?.['k8s-app'] === 'istio-cni-node')
      .map((one) => ({ cluster, what: 'istio-cni' as const, about: about(one) })),
  ]
}

/** The same object is listed in every version that the server knows: once is enough. */
async function inAnyVersion(look: Look, versions: typeof kubernetesGateways): Promise<readonly KubeObject[]> {
  const found = (await Promise.all(versions.map((one) => look.list(one)))).flat()
  return [...new Map(found.map((one) => [one.metadata.uid ?? about(one), one])).values()]
}

/** By the class's controller where the class is there, by the name of the class where it is gone. */
function isIstios(gateway: KubeObject, classes: readonly KubeObject[]): boolean {
  const name = text(gateway, 'spec', 'gatewayClassName') ?? ''
  const itsClass = classes.find((one) => one.metadata.name === name)
  if (itsClass === undefined) return name === 'istio' || name.startsWith('istio-')
  return text(itsClass, 'spec', 'controllerName')?.startsWith('istio.io/') === true
}

function gatewayKind(gateway: KubeObject): 'waypoint' | 'kubernetes-gateway' {
  const isWaypoint =
    text(gateway, 'spec', 'gatewayClassName') === 'istio-waypoint' ||
    gateway.metadata.labels?.['istio.io/waypoint-for'] !== undefined
  return isWaypoint ? 'waypoint' : 'kubernetes-gateway'
}
