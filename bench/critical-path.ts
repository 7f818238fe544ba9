// The least that anybody has to do for the same end: CRDs, the new istiod beside the old one, and then label, restart and
// wait, workload by workload in the program's order. Helm and kubectl, no looking back, no removal.
import { workloadsOf } from '../test/bed/apps.ts'
import type { WorkloadName } from '../test/bed/apps.ts'
import type { Bed } from '../test/bed/bed.ts'
import { chart } from '../test/bed/install-pair.ts'
import { ingressNamespace, istiodValues, istioNamespace } from '../test/bed/pairs.ts'
import type { Pair } from '../test/bed/pairs.ts'
import type { Ended } from '../test/bed/run-program.ts'
import { stopwatch } from '../test/bed/time.ts'
import type { CriticalPathFigures } from './inside-task.ts'

/** As the program names it. */
export const newRevision = '1-31-0'

export async function walkCriticalPath(bed: Bed, pair: Pair): Promise<CriticalPathFigures> {
  const total = stopwatch()
  await applyCrds(bed, pair)
  const crds = total()
  await installRevision(bed, pair)
  const controlPlane = total()
  const order = workloadsOf(pair).toSorted(inOrder)
  for (const namespace of new Set(order.map((workload) => workload.namespace))) {
    const away = pair.meshed[namespace]?.['istio-injection'] === undefined ? [] : ['istio-injection-']
    const label = ['label', 'namespace', namespace, '--overwrite', `istio.io/rev=${newRevision}`, ...away]
    await must(bed.kubectl(label), 'kubectl label')
    for (const workload of order.filter((one) => one.namespace === namespace)) await restart(bed, workload)
  }
  return { crds, controlPlane, dataPlane: total() - controlPlane }
}

/** Gateways last, the rest by name: the program's order. */
function inOrder(a: WorkloadName, b: WorkloadName): number {
  const last = (one: WorkloadName): number => (one.namespace === ingressNamespace ? 1 : 0)
  return last(a) - last(b) || `${a.namespace}/${a.name}`.localeCompare(`${b.namespace}/${b.name}`)
}

/** Not to be left out: istiod 1.31 on the CRDs of 1.22 never gets ready. */
async function applyCrds(bed: Bed, pair: Pair): Promise<void> {
  const folder = chart(bed, pair.to.version, 'base')
  const crds = await must(
    bed.helm(['template', 'istio-base', folder, '--namespace', istioNamespace, '-s', 'templates/crds.yaml']),
    'helm template',
  )
  await must(bed.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], crds), 'kubectl apply')
}

async function installRevision(bed: Bed, pair: Pair): Promise<void> {
  const { revisionTags: _tags, ...users } = istiodValues(pair) as {
    readonly revisionTags: unknown
    readonly global: object
  }
  const values = { ...users, revision: newRevision, global: { ...users.global, tag: pair.to.version } }
  const release = `istiod-${newRevision}`
  const folder = chart(bed, pair.to.version, 'istiod')
  const install = ['install', release, folder, '--namespace', istioNamespace, '--values', '-']
  await must(bed.helm(install, JSON.stringify(values)), 'helm install')
  const ready = ['rollout', 'status', `deployment/${release}`, '--namespace', istioNamespace, '--timeout=60s']
  await must(bed.kubectl(ready), 'the new istiod')
}

async function restart(bed: Bed, { namespace, kind, name }: WorkloadName): Promise<void> {
  const which = [`${kind}/${name}`, '--namespace', namespace]
  await must(bed.kubectl(['rollout', 'restart', ...which]), 'kubectl rollout restart')
  await must(bed.kubectl(['rollout', 'status', ...which, '--timeout=60s']), 'kubectl rollout status')
}

async function must(ending: Promise<Ended>, what: string): Promise<string> {
  const { code, stdout, stderr } = await ending
  if (code !== 0) throw new Error(`${what}: ${stderr.slice(-600)}`)
  return stdout
}
