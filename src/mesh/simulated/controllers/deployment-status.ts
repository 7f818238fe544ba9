/** What a Deployment and its ReplicaSets report: numbers, and whether it gets on. */

import { parseTime, timestamp } from '../../../lib/clock.ts'
import type { KubeObject } from '../../cluster.ts'
import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { Condition, Deployment } from '../shapes.ts'
import { schedule } from '../state.ts'
import type { OwnedSet } from './replica-sets.ts'

export function report(
  api: Api,
  deployment: Deployment,
  sets: readonly OwnedSet[],
  hash: string,
  refused: string | undefined,
): void {
  const { namespace = '', name, generation } = deployment.metadata
  const { replicas, paused } = deployment.spec
  const current = sets.find((each) => each.object.metadata.name.endsWith(`-${hash}`))
  const count = (of: (set: OwnedSet) => number): number => sets.reduce((sum, each) => sum + of(each), 0)
  const total = count((each) => each.staying.length)
  const ready = count((each) => each.ready)
  const numbers = {
    replicas: total,
    updatedReplicas: current?.staying.length ?? 0,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, replicas - ready),
  }
  for (const each of sets) api.setStatus(kinds.ReplicaSet, each.object.metadata, setStatus(each, refused))
  const complete = numbers.updatedReplicas === replicas && total === replicas && ready === replicas
  const progress = progressing(api, deployment, numbers, complete, current?.object)
  if (!complete && !paused)
    schedule(api.state, deployment.spec.progressDeadlineSeconds * 1000, {
      do: 'reconcile',
      kind: 'Deployment',
      namespace,
      name,
    })
  const conditions: readonly Condition[] = [
    {
      type: 'Available',
      status: ready >= replicas ? 'True' : 'False',
      reason: ready >= replicas ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    },
    ...(paused ? [] : [progress]),
    ...(refused === undefined
      ? []
      : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused }]),
  ]
  api.setStatus(kinds.Deployment, { namespace, name }, { observedGeneration: generation, ...numbers, conditions })
}

function setStatus(set: OwnedSet, refused: string | undefined): unknown {
  const short = set.staying.length < set.object.spec.replicas
  return {
    replicas: set.staying.length,
    readyReplicas: set.ready,
    availableReplicas: set.ready,
    observedGeneration: set.object.metadata.generation,
    conditions:
      short && refused !== undefined
        ? [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused }]
        : [],
  }
}

/** `Progressing`: false when nothing has moved for the deadline. */
function progressing(
  api: Api,
  deployment: Deployment,
  numbers: Readonly<Record<string, number>>,
  complete: boolean,
  current: KubeObject | undefined,
): Condition {
  const { now } = api.state
  const set = `ReplicaSet "${current?.metadata.name ?? ''}"`
  const before = deployment.status?.conditions?.find((each) => each.type === 'Progressing')
  if (complete)
    return before?.reason === 'NewReplicaSetAvailable'
      ? before
      : {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `${set} has successfully progressed.`,
          lastUpdateTime: timestamp(now),
        }
  const moved =
    deployment.status?.['observedGeneration'] !== deployment.metadata.generation ||
    before?.reason === 'NewReplicaSetAvailable' ||
    Object.entries(numbers).some(([key, value]) => deployment.status?.[key] !== value)
  const since = moved ? now : (parseTime(before?.lastUpdateTime) ?? now)
  if (now - since >= deployment.spec.progressDeadlineSeconds * 1000)
    return {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `${set} has timed out progressing.`,
      lastUpdateTime: timestamp(since),
    }
  return {
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: `${set} is progressing.`,
    lastUpdateTime: timestamp(since),
  }
}
