/** How istiod is reached. */

import type { Labels } from '../../../upgrade/mesh.ts'
import type { KubeObject } from '../../cluster.ts'
import type { Rendering } from './release.ts'
import { revisionLabels, serviceName } from './release.ts'

export const istiodPorts = [
  { port: 15010, name: 'grpc-xds', protocol: 'TCP' },
  { port: 15012, name: 'https-dns', protocol: 'TCP' },
  { port: 443, name: 'https-webhook', targetPort: 15017, protocol: 'TCP' },
  { port: 15014, name: 'http-monitoring', protocol: 'TCP' },
]

/** The un-revisioned Service tells its pods by another label, so that it never picks a canary. */
export function istiodSelector(r: Rendering): Labels {
  return r.values.revision === ''
    ? { app: 'istiod', istio: 'pilot' }
    : { app: 'istiod', 'istio.io/rev': r.values.revision }
}

export function istiodService(r: Rendering): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: serviceName(r),
      namespace: r.namespace,
      labels: { ...revisionLabels(r), app: 'istiod', istio: 'pilot' },
    },
    spec: { ports: istiodPorts, selector: istiodSelector(r) },
  }
}
