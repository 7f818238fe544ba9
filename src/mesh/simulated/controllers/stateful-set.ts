/** StatefulSets: pods with ordinals, made in order, renewed from the last to the partition, one at a time; `OnDelete` waits for a person. */

import type { KubeObject } from '../../cluster.ts'
import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { Pod, PodTemplate, StatefulSet } from '../shapes.ts'
import { controllerUid, isGoing, isReady } from '../shapes.ts'
import { schedule } from '../state.ts'
import { controllerManager, createPod, retryMs } from './create-pod.ts'
import { keepRevision, revisionOf, templateOf } from './revisions.ts'

export function reconcileStatefulSet(api: Api, namespace: string, name: string): void {
  const found = api.find(kinds.StatefulSet, { namespace, name })
  if (!found) return
  const set = found as StatefulSet
  const update = keepRevision(api, set, set.spec.template)
  const current = set.status?.currentRevision ?? update
  step(api, set, update, current)
  report(api, set, update, current)
}

function podsOf(api: Api, set: StatefulSet): readonly Pod[] {
  const { namespace = '', uid } = set.metadata
  return (api.all(kinds.Pod, { namespace }) as readonly Pod[]).filter((each) => controllerUid(each) === uid)
}

/** One thing at a time: the first that is missing, not ready or too many decides. */
function step(api: Api, set: StatefulSet, update: string, current: string): void {
  const { namespace = '', name } = set.metadata
  const { replicas, updateStrategy } = set.spec
  const pods = podsOf(api, set)
  const partition = updateStrategy.rollingUpdate?.partition ?? 0
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
    const pod = pods.find((each) => each.metadata.name === `${name}-${ordinal}`)
    if (pod && isGoing(pod)) return
    if (!pod) {
      const revision = ordinal >= partition ? update : current
      make(api, set, ordinal, revision)
      return
    }
    // A pod that never got ready and is out of date is in its own way: it is renewed below.
    if (!isReady(pod) && revisionOf(pod) === update) return
  }
  const surplus = pods.find((each) => ordinalOf(each) >= replicas && !isGoing(each))
  if (surplus) return api.remove(kinds.Pod, surplus.metadata, controllerManager)
  if (updateStrategy.type === 'OnDelete') return
  for (let ordinal = replicas - 1; ordinal >= partition; ordinal -= 1) {
    const pod = pods.find((each) => each.metadata.name === `${name}-${ordinal}`)
    if (pod && revisionOf(pod) !== update)
      return api.remove(kinds.Pod, { namespace, name: pod.metadata.name }, controllerManager)
  }
}

function make(api: Api, set: StatefulSet, ordinal: number, revision: string): void {
  const { namespace = '', name, uid = '' } = set.metadata
  const template: PodTemplate = templateOf(api, namespace, revision) ?? set.spec.template
  const labels = {
    'controller-revision-hash': revision,
    'statefulset.kubernetes.io/pod-name': `${name}-${ordinal}`,
    'apps.kubernetes.io/pod-index': String(ordinal),
  }
  const refused = createPod(api, { owner: set, template, name: `${name}-${ordinal}`, labels })
  if (refused === undefined) return void api.state.refusals.delete(uid)
  const refusals = (api.state.refusals.get(uid) ?? 0) + 1
  api.state.refusals.set(uid, refusals)
  schedule(api.state, retryMs(refusals), { do: 'reconcile', kind: 'StatefulSet', namespace, name })
}

function report(api: Api, set: StatefulSet, update: string, current: string): void {
  const staying = podsOf(api, set).filter((each) => !isGoing(each))
  const updated = staying.filter((each) => revisionOf(each) === update)
  const ready = staying.filter(isReady).length
  const done = updated.length === set.spec.replicas && staying.length === set.spec.replicas && ready === staying.length
  api.setStatus(kinds.StatefulSet, set.metadata, {
    observedGeneration: set.metadata.generation,
    replicas: staying.length,
    readyReplicas: ready,
    availableReplicas: ready,
    updatedReplicas: updated.length,
    currentReplicas: staying.length - (done ? 0 : updated.length),
    currentRevision: done ? update : current,
    updateRevision: update,
  })
}

function ordinalOf(pod: KubeObject): number {
  return Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf('-') + 1))
}
