import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'

const says = sentences('kubernetes-range', {
  refused:
    'Istio {version} does not go with Kubernetes {kubernetes} of cluster {cluster}: {why}. Upgrade Kubernetes first, or ask for another version.',
  unknown:
    'Cluster {cluster} does not tell its Kubernetes version, so Istio {version} cannot be judged for it. Make its /version readable, then check again.',
})

export const kubernetesRange = defineCheck({
  id: 'kubernetes-range',
  title: 'The target runs on the Kubernetes that is there',
  gate: 'start',
  weight: 'blocks',
  reads: ['clusters'],
  says,
  look: ({ upgrade, seen, catalogue }) =>
    seen.clusters
      .filter((fact) => fact.reachable)
      .flatMap(({ cluster, version: kubernetes = '' }) => {
        const { version } = upgrade.to
        if (kubernetes === '') return [{ about: cluster, because: says.say.unknown({ cluster, version }) }]
        const why = catalogue.kubernetes(version, kubernetes)?.replace(/\.$/, '')
        return why === undefined
          ? []
          : [{ about: cluster, because: says.say.refused({ version, kubernetes, cluster, why }) }]
      }),
})
