import { defineCheck } from '../check.ts'
import { effectiveInjection, injectionLabel, isInMesh, revisionLabel } from '../istio/injection.ts'
import { sentences } from '../reason.ts'

const says = sentences('namespace-labels', {
  both: 'Namespace {namespace} has both istio-injection and istio.io/rev={revision}; istio-injection wins and the revision is ignored. Remove one of them.',
  unknown: 'Namespace {namespace} asks for {label}, and no injector answers to that: its new pods start without a sidecar. Correct the label, or remove it.',
})

/** P3: labels that do not do what they say. */
export const namespaceLabels = defineCheck({
  id: 'namespace-labels',
  title: 'Every namespace label of the mesh names one living revision',
  gate: 'start',
  weight: 'blocks',
  reads: ['namespaces', 'webhooks', 'controlPlanes'],
  says,
  look: ({ seen }) =>
    seen.namespaces
      .filter((namespace) => !namespace.terminating)
      .flatMap((namespace) => {
        const { name, labels, cluster } = namespace
        const revision = labels[revisionLabel]
        if (revision !== undefined && labels[injectionLabel] !== undefined) return [{ about: name, because: says.say.both({ namespace: name, revision }) }]
        if (!isInMesh(labels)) return []
        const effective = effectiveInjection({ cluster, namespace: labels, pod: {} }, seen)
        if (effective.by !== 'none' && effective.by !== 'unknown') return []
        return [{ about: name, because: says.say.unknown({ namespace: name, label: revision === undefined ? 'istio-injection=enabled' : `istio.io/rev=${revision}` }) }]
      }),
})
