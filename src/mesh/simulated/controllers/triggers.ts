/** Who reacts to a write, and when: the wiring of all controllers. */

import { sameJson } from '../../../lib/json.ts'
import type { KubeObject, Resource } from '../../cluster.ts'
import type { Api } from '../api.ts'
import { istiodOf } from '../endpoints.ts'
import type { Pod } from '../shapes.ts'
import { isGoing, isReady } from '../shapes.ts'
import { jittered, schedule } from '../state.ts'

/** How long the autoscaler takes to look at a new Deployment. */
const autoscaleMs = 1000

export function wrote(
  api: Api,
  resource: Resource,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): void {
  const { state } = api
  const { controllerMs, caBundleMs } = state.faults
  const object = after ?? before
  if (!object) return
  const { name, namespace = '', uid = '' } = object.metadata
  switch (resource.kind) {
    case 'Pod':
      return podChanged(api, before as Pod | undefined, after as Pod | undefined)
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      if (!after) schedule(state, controllerMs, { do: 'collect', owner: uid })
      else if (before?.metadata.generation !== after.metadata.generation)
        schedule(state, controllerMs, { do: 'reconcile', kind: resource.kind, namespace, name })
      return
    case 'ReplicaSet':
    case 'CronJob':
      if (!after) schedule(state, controllerMs, { do: 'collect', owner: uid })
      return
    case 'HorizontalPodAutoscaler':
      if (after) schedule(state, autoscaleMs, { do: 'autoscale', namespace, name })
      return
    case 'PodDisruptionBudget':
      if (after && before?.metadata.generation !== after.metadata.generation)
        schedule(state, controllerMs, { do: 'budgets', namespace })
      return
    case 'MutatingWebhookConfiguration':
    case 'ValidatingWebhookConfiguration':
      schedule(state, caBundleMs, { do: 'istiods-write' })
      return
    case 'Namespace':
      if (!after) return
      schedule(state, caBundleMs, { do: 'istiods-write' })
      if (isGoing(after) && before && !isGoing(before)) schedule(state, controllerMs, { do: 'namespace-gone', name })
      if (before && state.faults.doubleInjection && !sameJson(before.metadata.labels, after.metadata.labels))
        schedule(state, 0, { do: 'evict-one', namespace: name })
      return
    default:
  }
}

function podChanged(api: Api, before: Pod | undefined, after: Pod | undefined): void {
  const { state } = api
  const { controllerMs, podReadyMs, istiodReadyMs, podGoneMs } = state.faults
  const pod = after ?? before
  if (!pod) return
  const { name, namespace = '', uid = '', ownerReferences, labels } = pod.metadata
  const istiod = istiodOf(pod) !== undefined
  if (!before)
    schedule(state, jittered(state, istiod ? istiodReadyMs : podReadyMs), { do: 'pod-ready', namespace, name, uid })
  if (after && before && isGoing(after) && !isGoing(before))
    schedule(state, jittered(state, podGoneMs), { do: 'pod-gone', namespace, name, uid })
  schedule(state, controllerMs, { do: 'budgets', namespace })
  if (istiod && (before ? isReady(before) : false) !== (after ? isReady(after) : false))
    schedule(state, 0, { do: 'istiods-write' })
  const owner = ownerReferences?.find((each) => each.controller)
  if (owner?.kind === 'ReplicaSet') {
    const deployment = owner.name.slice(0, -`-${labels?.['pod-template-hash'] ?? ''}`.length)
    schedule(state, controllerMs, { do: 'reconcile', kind: 'Deployment', namespace, name: deployment })
  } else if (owner?.kind === 'StatefulSet' || owner?.kind === 'DaemonSet' || owner?.kind === 'Job')
    schedule(state, controllerMs, { do: 'reconcile', kind: owner.kind, namespace, name: owner.name })
}
