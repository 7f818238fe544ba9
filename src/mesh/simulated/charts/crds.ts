/** Istio's CustomResourceDefinitions, bare: names, scope and served versions. */

import type { CustomResourceDefinition } from '../shapes.ts'
import { minorOf } from '../versions.ts'

interface Row {
  readonly group: string
  readonly plural: string
  readonly kind: string
  readonly versions: readonly string[]
  /** Istio minor that brought it. */
  readonly since?: number
}

const network = ['v1', 'v1alpha3', 'v1beta1']
const rows: readonly Row[] = [
  {
    group: 'extensions.istio.io',
    plural: 'trafficextensions',
    kind: 'TrafficExtension',
    versions: ['v1alpha1'],
    since: 31,
  },
  { group: 'extensions.istio.io', plural: 'wasmplugins', kind: 'WasmPlugin', versions: ['v1alpha1'] },
  { group: 'networking.istio.io', plural: 'destinationrules', kind: 'DestinationRule', versions: network },
  { group: 'networking.istio.io', plural: 'envoyfilters', kind: 'EnvoyFilter', versions: ['v1alpha3'] },
  { group: 'networking.istio.io', plural: 'gateways', kind: 'Gateway', versions: network },
  { group: 'networking.istio.io', plural: 'proxyconfigs', kind: 'ProxyConfig', versions: ['v1beta1'] },
  { group: 'networking.istio.io', plural: 'serviceentries', kind: 'ServiceEntry', versions: network },
  { group: 'networking.istio.io', plural: 'sidecars', kind: 'Sidecar', versions: network },
  { group: 'networking.istio.io', plural: 'virtualservices', kind: 'VirtualService', versions: network },
  { group: 'networking.istio.io', plural: 'workloadentries', kind: 'WorkloadEntry', versions: network },
  { group: 'networking.istio.io', plural: 'workloadgroups', kind: 'WorkloadGroup', versions: network },
  {
    group: 'security.istio.io',
    plural: 'authorizationpolicies',
    kind: 'AuthorizationPolicy',
    versions: ['v1', 'v1beta1'],
  },
  {
    group: 'security.istio.io',
    plural: 'peerauthentications',
    kind: 'PeerAuthentication',
    versions: ['v1', 'v1beta1'],
  },
  {
    group: 'security.istio.io',
    plural: 'requestauthentications',
    kind: 'RequestAuthentication',
    versions: ['v1', 'v1beta1'],
  },
  { group: 'telemetry.istio.io', plural: 'telemetries', kind: 'Telemetry', versions: ['v1', 'v1alpha1'] },
]

/** The networking and telemetry groups are served as `v1` from 1.23 on here; the built 1.22 does not serve it yet. */
function versionsOf(row: Row, minor: number): readonly string[] {
  return minor >= 23 || row.group === 'security.istio.io' ? row.versions : row.versions.filter((each) => each !== 'v1')
}

/** What the base chart of a version brings: 14, from 1.31 on 15. */
export function crdsOf(version: string): readonly CustomResourceDefinition[] {
  const minor = minorOf(version)
  return rows
    .filter((each) => (each.since ?? 0) <= minor)
    .map((row) => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: `${row.plural}.${row.group}`,
        annotations: { 'helm.sh/resource-policy': 'keep' },
        labels: { app: 'istio-pilot', chart: 'istio', heritage: 'Tiller', release: 'istio' },
      },
      spec: {
        group: row.group,
        names: { kind: row.kind, plural: row.plural },
        scope: 'Namespaced',
        versions: versionsOf(row, minor).map((name, index) => ({
          name,
          served: true,
          storage: index === 0,
          schema: { openAPIV3Schema: { type: 'object', description: `Configuration as Istio 1.${minor} has it.` } },
        })),
      },
    }))
}
