import { candidateOf } from '../facts/candidate.ts'
import { defineCheck } from '../check.ts'
import { withKind } from '../facts/injected.ts'
import { effectiveInjection } from '../istio/injection.ts'
import { inMesh } from '../moves/namespaces.ts'
import { sentences } from '../reason.ts'

const says = sentences('both-injectors', {
  namespace:
    'New pods of namespace {namespace} are injected by several control planes at once ({webhooks}). Let one of these webhook configurations match, then check again.',
  workload:
    'New pods of {workload} are injected by several control planes at once ({webhooks}). Correct the labels of its pods, or let one of these webhook configurations match.',
})

export const bothInjectors = defineCheck({
  id: 'both-injectors',
  title: 'Every new pod has one injector at most',
  gate: 'start',
  weight: 'blocks',
  reads: ['namespaces', 'workloads', 'webhooks', 'controlPlanes'],
  says,
  look({ seen }) {
    const namespaces = inMesh(seen.namespaces).flatMap(({ cluster, name, labels }) => {
      const effective = effectiveInjection({ cluster, namespace: labels, pod: {} }, seen)
      return effective.by === 'several'
        ? [{ about: name, cluster, because: says.say.namespace({ namespace: name, webhooks: effective.webhooks }) }]
        : []
    })
    // Said once of a namespace, it is not said again of all that is in it.
    const told = (workload: { readonly cluster: string; readonly namespace: string }): boolean =>
      namespaces.some((one) => one.about === workload.namespace && one.cluster === workload.cluster)
    const workloads = seen.workloads.flatMap((one) => {
      const candidate = candidateOf(one, seen)
      const effective = candidate && effectiveInjection(candidate, seen)
      if (effective?.by !== 'several' || told(one)) return []
      const workload = withKind(one)
      return [{ about: workload, because: says.say.workload({ workload, webhooks: effective.webhooks }) }]
    })
    return [...namespaces.map(({ about, because }) => ({ about, because })), ...workloads]
  },
})
