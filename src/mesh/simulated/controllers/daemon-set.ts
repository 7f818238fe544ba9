/** DaemonSets: one pod a node, renewed one node at a time. */

import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { DaemonSet, Pod } from '../shapes.ts'
import { controllerUid, isGoing, isReady } from '../shapes.ts'
import { schedule } from '../state.ts'
import { controllerManager, createPod, retryMs } from './create-pod.ts'
import { keepRevision, revisionOf } from './revisions.ts'

export function reconcileDaemonSet(api: Api, namespace: string, name: string): void {
  const found = api.find(kinds.DaemonSet, { namespace, name })
  if (!found) return
  const set = found as DaemonSet
  const update = keepRevision(api, set, set.spec.template)
  const nodes = api.all(kinds.Node).map((each) => each.metadata.name)
  const pods = podsOf(api, set)
  for (const nodeName of nodes) {
    if (pods.some((each) => each.spec['nodeName'] === nodeName)) continue
    const labels = { 'controller-revision-hash': update }
    const refused = createPod(api, {
      owner: set,
      template: set.spec.template,
      generateName: `${name}-`,
      labels,
      nodeName,
    })
    if (refused === undefined) continue
    schedule(api.state, retryMs(3), { do: 'reconcile', kind: 'DaemonSet', namespace, name })
    break
  }
  const settled = podsOf(api, set)
  const outdated = settled.find((each) => revisionOf(each) !== update && !isGoing(each))
  const whole = settled.length === nodes.length && settled.every((each) => isReady(each) && !isGoing(each))
  const replace = outdated && set.spec.updateStrategy.type !== 'OnDelete' && (whole || !isReady(outdated))
  if (replace) api.remove(kinds.Pod, outdated.metadata, controllerManager)
  report(api, set, update, nodes.length)
}

function podsOf(api: Api, set: DaemonSet): readonly Pod[] {
  const { namespace = '', uid } = set.metadata
  return (api.all(kinds.Pod, { namespace }) as readonly Pod[]).filter((each) => controllerUid(each) === uid)
}

function report(api: Api, set: DaemonSet, update: string, nodes: number): void {
  const staying = podsOf(api, set).filter((each) => !isGoing(each))
  const ready = staying.filter(isReady).length
  api.setStatus(kinds.DaemonSet, set.metadata, {
    observedGeneration: set.metadata.generation,
    desiredNumberScheduled: nodes,
    currentNumberScheduled: staying.length,
    updatedNumberScheduled: staying.filter((each) => revisionOf(each) === update).length,
    numberReady: ready,
    numberAvailable: ready,
    numberUnavailable: nodes - ready,
    numberMisscheduled: 0,
  })
}
