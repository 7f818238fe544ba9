import { candidateOf } from '../facts/candidate.ts'
import { defineCheck } from '../check.ts'
import type { CheckSituation, Finding } from '../check.ts'
import { few } from '../facts/few.ts'
import { isLive } from '../facts/injected.ts'
import { effectiveInjection } from '../istio/injection.ts'
import type { BatchFact, PodFact } from '../mesh.ts'
import { sentences } from '../reason.ts'

const says = sentences('bare-pods-and-jobs', {
  pod: 'Pod {pod} has a sidecar and no controller that would make it anew. Replace it by hand after its namespace has moved, or the upgrade cannot be finished.',
  owned:
    '{owner} has pods with sidecars ({pods}), and its kind is not one that this program restarts. Restart it yourself after its namespace has moved, or the upgrade cannot be finished.',
  job: 'Job {job} is running, and a restart cannot move its pods. Let it end before the finish; a pod that it starts while its namespace is relabelled may be injected twice.',
  cronJob:
    'CronJob {job} may start pods while its namespace is relabelled; such a pod may be injected twice and blocks the finish while it runs. Suspend it meanwhile, or look at its pods afterwards.',
})

type Part = 'pods' | 'batch' | 'namespaces' | 'webhooks' | 'controlPlanes'

/** P9: what no restart of a template moves. */
export const barePodsAndJobs = defineCheck({
  id: 'bare-pods-and-jobs',
  title: 'Every pod of the mesh belongs to a workload that can be restarted',
  gate: 'start',
  weight: 'warns',
  reads: ['pods', 'batch', 'namespaces', 'webhooks', 'controlPlanes'],
  says,
  look(s) {
    const injected = s.seen.pods.filter((pod) => pod.injection && isLive(pod))
    return [...ofPods(injected), ...ofBatch(injected, s)]
  },
})

const restarted = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job'])

function ofPods(injected: readonly PodFact[]): readonly Finding[] {
  const bare = injected.filter((pod) => !pod.owner).map((pod) => `${pod.namespace}/${pod.name}`)
  const owned = Map.groupBy(
    injected.filter((pod) => pod.owner && !restarted.has(pod.owner.kind)),
    (pod) => `${pod.owner?.kind} ${pod.namespace}/${pod.owner?.name}`,
  )
  return [
    ...bare.map((pod) => ({ about: `Pod ${pod}`, because: says.say.pod({ pod }) })),
    ...[...owned].map(([owner, pods]) => ({
      about: owner,
      because: says.say.owned({ owner, pods: few(pods.map((pod) => pod.name)) }),
    })),
  ]
}

function ofBatch(injected: readonly PodFact[], { seen }: CheckSituation<Part>): readonly Finding[] {
  const asks = (one: BatchFact): boolean => {
    const candidate = candidateOf(one, seen)
    return candidate !== undefined && effectiveInjection(candidate, seen).by !== 'none'
  }
  const runs = (one: BatchFact): boolean =>
    injected.some(
      (pod) =>
        pod.cluster === one.cluster &&
        pod.namespace === one.namespace &&
        pod.owner?.kind === one.kind &&
        pod.owner.name === one.name,
    )
  return seen.batch
    .filter((one) => one.active && (asks(one) || runs(one)))
    .map(({ kind, namespace, name }) => {
      const job = `${namespace}/${name}`
      return { about: `${kind} ${job}`, because: kind === 'Job' ? says.say.job({ job }) : says.say.cronJob({ job }) }
    })
}
