import { defineCheck } from '../check.ts'
import { effectiveInjection, injectionLabel, isInMesh, revisionLabel } from '../istio/injection.ts'
import { sentences } from '../reason.ts'

const says = sentences('namespace-labels', {
  both: 'Namespace {namespace} has both istio-injection and istio.io/rev={revision}; istio-injection wins and the revision is ignored. Remove one of them.',
  unknown:
    'Namespace {namespace} asks for {label}, and no injector answers to that: its new pods start without a sidecar. Correct the label, or remove it.',
  dead: 'Namespace {namespace} asks for {label}, and the injector that answers sends its new pods to Service {service}, behind which no control plane is known. Correct the label, or the injector.',
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
        if (revision !== undefined && labels[injectionLabel] !== undefined)
          return [{ about: name, because: says.say.both({ namespace: name, revision }) }]
        if (!isInMesh(labels)) return []
        const label = revision === undefined ? 'istio-injection=enabled' : `istio.io/rev=${revision}`
        const effective = effectiveInjection({ cluster, namespace: labels, pod: {} }, seen)
        if (effective.by === 'none') return [{ about: name, because: says.say.unknown({ namespace: name, label }) }]
        if (effective.by === 'unknown')
          return [{ about: name, because: says.say.dead({ namespace: name, label, service: effective.service }) }]
        return []
      }),
})
