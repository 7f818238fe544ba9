/** The validating webhooks: one of each revision, for objects that name it, and the default one for all others. */

import type { Selector } from '../../../upgrade/mesh.ts'
import type { KubeObject } from '../../cluster.ts'
import { meshNamespace } from '../endpoints.ts'
import { minorOf } from '../versions.ts'
import type { Rendering } from './release.ts'
import { chartLabels, revisionLabel, serviceName, suffix } from './release.ts'

export function revisionValidator(r: Rendering): KubeObject {
  const revision = revisionLabel(r)
  const objectSelector: Selector = { matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: [revision] }] }
  return validator(
    r,
    `istio-validator${suffix(r)}-${meshNamespace}`,
    'rev.validation.istio.io',
    revision,
    serviceName(r),
    { objectSelector },
  )
}

/** Part of the base chart; unlabelled objects are judged by the revision it names. */
export function defaultValidator(r: Rendering): KubeObject {
  const { defaultRevision } = r.values
  const service = defaultRevision === 'default' ? 'istiod' : `istiod-${defaultRevision}`
  // Charts before 1.24 say `Ignore` in upgrades too, which then conflict with the istiod that raised it.
  const isUpgrade = r.isUpgrade && minorOf(r.version) >= 24
  return validator({ ...r, isUpgrade }, 'istiod-default-validator', 'validation.istio.io', defaultRevision, service, {})
}

function validator(
  r: Rendering,
  name: string,
  webhook: string,
  revision: string,
  service: string,
  selectors: { readonly objectSelector?: Selector },
): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: {
      name,
      labels: {
        app: 'istiod',
        release: r.release,
        istio: 'istiod',
        'istio.io/rev': revision,
        ...chartLabels(r, 'istiod'),
      },
    },
    webhooks: [
      {
        name: webhook,
        clientConfig: { service: { name: service, namespace: meshNamespace, path: '/validate' } },
        rules: [
          {
            operations: ['CREATE', 'UPDATE'],
            apiGroups: ['security.istio.io', 'networking.istio.io', 'telemetry.istio.io', 'extensions.istio.io'],
            apiVersions: ['*'],
            resources: ['*'],
          },
        ],
        // Open until istiod is there and raises it; an upgrade of the chart leaves the field alone.
        ...(r.isUpgrade ? {} : { failurePolicy: 'Ignore' }),
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        ...selectors,
      },
    ],
  }
}
