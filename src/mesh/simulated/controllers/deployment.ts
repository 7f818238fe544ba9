/** Deployments and their ReplicaSets: rolling one by one within surge and unavailability, recreating, paused, stuck. */

import { parseTime, timestamp } from '../../../lib/clock.ts'
import type { KubeObject } from '../../cluster.ts'
import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { Condition, Deployment, Pod, ReplicaSet } from '../shapes.ts'
import { controllerUid, isGoing, isReady } from '../shapes.ts'
import { schedule } from '../state.ts'
import { controllerManager, createPod, retryMs } from './create-pod.ts'
import { share, templateHash } from './templates.ts'

interface Set {
  readonly object: ReplicaSet
  /** All pods, the going ones included. */
  readonly pods: readonly Pod[]
  readonly staying: readonly Pod[]
  readonly ready: number
}

export function reconcileDeployment(api: Api, namespace: string, name: string): void {
  const found = api.find(kinds.Deployment, { namespace, name })
  if (!found) return
  const deployment = found as Deployment
  const hash = templateHash(deployment.spec.template)
  if (!deployment.spec.paused) makeCurrent(api, deployment, hash)
  let sets = setsOf(api, deployment)
  const wanted = desired(deployment, sets, hash)
  for (const set of sets) scale(api, set.object, wanted.get(set.object.metadata.name) ?? set.object.spec.replicas)
  sets = setsOf(api, deployment)
  const refused = sets.flatMap((set) => fill(api, deployment, set)).at(0)
  report(api, deployment, setsOf(api, deployment), hash, refused)
}

function setsOf(api: Api, deployment: Deployment): readonly Set[] {
  const { namespace, uid } = deployment.metadata
  const where = namespace === undefined ? {} : { namespace }
  const pods = api.all(kinds.Pod, where) as readonly Pod[]
  return (api.all(kinds.ReplicaSet, where) as readonly ReplicaSet[])
    .filter((each) => controllerUid(each) === uid)
    .map((object) => {
      const own = pods.filter((each) => controllerUid(each) === object.metadata.uid)
      const staying = own.filter((each) => !isGoing(each))
      return { object, pods: own, staying, ready: staying.filter(isReady).length }
    })
}

function makeCurrent(api: Api, deployment: Deployment, hash: string): void {
  const { namespace = '', name, uid = '' } = deployment.metadata
  if (api.find(kinds.ReplicaSet, { namespace, name: `${name}-${hash}` })) return
  const { template } = deployment.spec
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash }
  api.create(
    kinds.ReplicaSet,
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        labels,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }],
      },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    },
    controllerManager,
  )
}

/** How many pods each ReplicaSet shall have now. */
function desired(deployment: Deployment, sets: readonly Set[], hash: string): ReadonlyMap<string, number> {
  const { replicas, strategy } = deployment.spec
  const current = sets.find((each) => each.object.metadata.name.endsWith(`-${hash}`))
  const others = sets.filter((each) => each !== current && each.object.spec.replicas > 0)
  if (!current || others.length === 0) return new Map(current ? [[current.object.metadata.name, replicas]] : [])
  if (strategy.type === 'Recreate') {
    const gone = sets.every((each) => each === current || each.pods.length === 0)
    return new Map([
      ...others.map((each) => [each.object.metadata.name, 0] as const),
      [current.object.metadata.name, gone ? replicas : 0],
    ])
  }
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy.rollingUpdate ?? {}
  const surge = share(maxSurge, replicas, Math.ceil)
  const unavailable = Math.max(share(maxUnavailable, replicas, Math.floor), surge === 0 ? 1 : 0)
  const old = others.reduce((sum, each) => sum + each.object.spec.replicas, 0)
  const size = Math.min(replicas, Math.max(current.object.spec.replicas, replicas + surge - old))
  const available = current.ready + others.reduce((sum, each) => sum + each.ready, 0)
  const wanted = new Map([[current.object.metadata.name, size]])
  let removable = Math.max(0, available - (replicas - unavailable))
  for (const each of others) {
    const unready = each.object.spec.replicas - each.ready
    const less = Math.min(each.object.spec.replicas, unready + removable)
    removable -= less - Math.min(less, unready)
    wanted.set(each.object.metadata.name, each.object.spec.replicas - less)
  }
  return wanted
}

function scale(api: Api, set: ReplicaSet, replicas: number): void {
  if (set.spec.replicas !== replicas)
    api.update(kinds.ReplicaSet, { ...set, spec: { ...set.spec, replicas } }, controllerManager)
}

/** Makes missing pods and takes surplus ones, unready first. Gives the reason when a pod was refused. */
function fill(api: Api, deployment: Deployment, set: Set): readonly string[] {
  const { namespace = '', name } = deployment.metadata
  const { metadata, spec } = set.object
  const uid = metadata.uid ?? ''
  for (const each of set.staying
    .toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)))
    .slice(0, Math.max(0, set.staying.length - spec.replicas)))
    api.remove(kinds.Pod, each.metadata, controllerManager)
  for (let missing = spec.replicas - set.staying.length; missing > 0; missing -= 1) {
    const refused = createPod(api, {
      owner: set.object,
      template: spec.template,
      generateName: `${metadata.name}-`,
      labels: {},
    })
    if (refused === undefined) continue
    const refusals = (api.state.refusals.get(uid) ?? 0) + 1
    api.state.refusals.set(uid, refusals)
    schedule(api.state, retryMs(refusals), { do: 'reconcile', kind: 'Deployment', namespace, name })
    return [refused]
  }
  api.state.refusals.delete(uid)
  return []
}

function report(
  api: Api,
  deployment: Deployment,
  sets: readonly Set[],
  hash: string,
  refused: string | undefined,
): void {
  const { namespace = '', name, generation } = deployment.metadata
  const { replicas, paused } = deployment.spec
  const current = sets.find((each) => each.object.metadata.name.endsWith(`-${hash}`))
  const count = (of: (set: Set) => number): number => sets.reduce((sum, each) => sum + of(each), 0)
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

function setStatus(set: Set, refused: string | undefined): unknown {
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
