/** The ReplicaSets of a Deployment and their pods. */

import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { Deployment, Pod, ReplicaSet } from '../shapes.ts'
import { controllerUid, isGoing, isReady } from '../shapes.ts'
import { schedule } from '../state.ts'
import { controllerManager, createPod, retryMs } from './create-pod.ts'

export interface OwnedSet {
  readonly object: ReplicaSet
  /** All pods, the going ones included. */
  readonly pods: readonly Pod[]
  readonly staying: readonly Pod[]
  readonly ready: number
}

export function setsOf(api: Api, deployment: Deployment): readonly OwnedSet[] {
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

export function makeCurrent(api: Api, deployment: Deployment, hash: string): void {
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

export function scale(api: Api, set: ReplicaSet, replicas: number): void {
  if (set.spec.replicas !== replicas)
    api.update(kinds.ReplicaSet, { ...set, spec: { ...set.spec, replicas } }, controllerManager)
}

/** Makes missing pods and takes surplus ones, unready first. Gives the reason when a pod was refused. */
export function fill(api: Api, deployment: Deployment, set: OwnedSet): readonly string[] {
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
