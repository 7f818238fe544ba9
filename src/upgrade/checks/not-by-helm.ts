import { defineCheck } from '../check.ts'
import { istioNamespace } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { controlPlaneOf, releaseOf } from '../facts/seen.ts'

const says = sentences('not-by-helm', {
  noRelease:
    'Control plane {deployment} was not installed by Helm. That is not supported yet: the new one would have no values to start from, and the old one could not be removed exactly. Install it by Helm first.',
  noRecord:
    'Control plane {deployment} belongs to Helm release {release}, of which {namespace} holds no record. Make Helm know it again (helm upgrade --install {release} with --take-ownership), then check again.',
  pending:
    "Helm release {release} is {status}: somebody's helm is at work, or was killed. Let it end, or roll the release back, then check again.",
  noBase:
    "Namespace {namespace} has no Helm release of Istio's base chart. CRDs outside Helm are not supported yet: install the base chart (helm install istio-base with --take-ownership), then check again.",
})

export const notByHelm = defineCheck({
  id: 'not-by-helm',
  title: 'Control plane and CRDs were installed by Helm',
  gate: 'start',
  weight: 'blocks',
  reads: ['controlPlanes', 'releases'],
  says,
  look: ({ upgrade, seen }) =>
    upgrade.mesh.clusters.flatMap((cluster) => {
      const plane = controlPlaneOf(seen.controlPlanes, cluster, upgrade.from.revision)
      if (!plane) return []
      const deployment = `${plane.namespace}/${plane.name}`
      const base = seen.releases.find((release) => release.cluster === cluster && release.chart === 'base')
      const withoutBase = base ? [] : [{ about: 'istio-base', because: says.say.noBase({ namespace: istioNamespace }) }]
      if (plane.release === undefined)
        return [{ about: deployment, because: says.say.noRelease({ deployment }) }, ...withoutBase]
      const release = releaseOf(seen.releases, cluster, plane.release)
      if (!release)
        return [
          {
            about: deployment,
            because: says.say.noRecord({ deployment, release: plane.release, namespace: istioNamespace }),
          },
          ...withoutBase,
        ]
      const pending = [release, ...(base ? [base] : [])]
        .filter((one) => one.status.startsWith('pending'))
        .map((one) => ({ about: one.name, because: says.say.pending({ release: one.name, status: one.status }) }))
      return [...pending, ...withoutBase]
    }),
})
