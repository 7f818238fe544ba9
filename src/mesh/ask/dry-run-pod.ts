/** Who would inject a pod: asked of the API server, which calls the webhooks and stores nothing. */

import type { Clock } from '../../lib/clock.ts'
import { problemFrom } from '../../lib/problem.ts'
import type { Answer, Labels } from '../../upgrade/mesh.ts'
import type { Cluster, KubeObject } from '../cluster.ts'
import { injectionOf } from '../observe/injection.ts'
import { pods } from '../resources.ts'

type PodAnswer = Extract<Answer, { ask: 'dry-run-pod' }>
export type OnePod = PodAnswer['pods'][number]

const betweenMs = 50

/** The API server's caches lag a label patch by some milliseconds, so one good answer proves little: ask `times` times, 50 ms apart. */
export async function askDryRunPod(
  { cluster, clock }: { readonly cluster: Cluster; readonly clock: Clock },
  where: { readonly namespace: string; readonly labels: Labels; readonly times: number },
  signal: AbortSignal,
): Promise<PodAnswer> {
  const answers: OnePod[] = []
  for (let asked = 0; asked < where.times; asked++) {
    if (asked > 0) await clock.sleep(betweenMs, signal)
    signal.throwIfAborted()
    answers.push(await onePod(cluster, probePod(where.namespace, where.labels), signal))
  }
  return { ask: 'dry-run-pod', pods: answers }
}

/** A pod that admission refuses is an answer; an API server that does not answer stays a Problem. */
async function onePod(cluster: Cluster, pod: KubeObject, signal: AbortSignal): Promise<OnePod> {
  try {
    return { injection: injectionOf(await cluster.create(pods, pod, { dryRun: true }, signal)) }
  } catch (thrown) {
    const problem = problemFrom(thrown)
    if (problem.kind === 'rejected') return { refused: problem.message }
    throw problem
  }
}

/**
 * Modest enough for namespaces with the restricted Pod Security Standard, a quota that asks for requests and limits, or
 * a limit range. The name is fixed: a dry run never takes it.
 */
function probePod(namespace: string, labels: Labels): KubeObject {
  const resources = { cpu: '10m', memory: '16Mi' }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'meshlift-dry-run-pod', namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'probe',
          image: 'meshlift.invalid/probe',
          resources: { requests: resources, limits: resources },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  }
}
