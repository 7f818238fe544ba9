/** Part `workloads`: what can be restarted. Those of kube-system are nobody's mesh. */

import type { WorkloadFact } from '../../upgrade/mesh.ts'
import type { KubeObject } from '../cluster.ts'
import { daemonSets, deployments, statefulSets } from '../resources.ts'
import type { Look } from './look.ts'
import { condition, count, field, items, labelsAt, managersOf, seen, text } from './read.ts'

export async function observeWorkloads(look: Look): Promise<readonly WorkloadFact[]> {
  const [ofDeployments, ofStatefulSets, ofDaemonSets] = await Promise.all([
    look.list(deployments),
    look.list(statefulSets),
    look.list(daemonSets),
  ])
  return [
    ...meshable(ofDeployments).map((one) => ({ ...shared(look, one), ...deployment(one) })),
    ...meshable(ofStatefulSets).map((one) => ({ ...shared(look, one), ...statefulSet(one) })),
    ...meshable(ofDaemonSets).map((one) => ({ ...shared(look, one), ...daemonSet(one) })),
  ]
}

function meshable(found: readonly KubeObject[]): readonly KubeObject[] {
  return found.filter((one) => one.metadata.namespace !== 'kube-system')
}

function shared(look: Look, object: KubeObject) {
  const template = field(object, 'spec', 'template')
  return {
    ...seen(look.cluster.name, object),
    namespace: object.metadata.namespace ?? '',
    observed: count(object, 'status', 'observedGeneration') >= (object.metadata.generation ?? 0),
    selector: labelsAt(object, 'spec', 'selector', 'matchLabels'),
    podLabels: labelsAt(template, 'metadata', 'labels'),
    podAnnotations: labelsAt(template, 'metadata', 'annotations'),
    hasReadinessProbe: items(template, 'spec', 'containers').some((one) => field(one, 'readinessProbe') !== undefined),
    hostNetwork: field(template, 'spec', 'hostNetwork') === true,
    managers: managersOf(object),
  }
}

function deployment(object: KubeObject) {
  const trouble = condition(object, 'ReplicaFailure', 'True') ?? condition(object, 'Progressing', 'False')
  return {
    kind: 'Deployment' as const,
    replicas: replicasOf(object),
    updated: count(object, 'status', 'updatedReplicas'),
    ready: count(object, 'status', 'readyReplicas'),
    total: count(object, 'status', 'replicas'),
    paused: field(object, 'spec', 'paused') === true,
    strategy: text(object, 'spec', 'strategy', 'type') ?? 'RollingUpdate',
    partition: 0,
    ...(trouble !== undefined && { trouble }),
  }
}

function statefulSet(object: KubeObject) {
  return {
    kind: 'StatefulSet' as const,
    replicas: replicasOf(object),
    updated: count(object, 'status', 'updatedReplicas'),
    ready: count(object, 'status', 'readyReplicas'),
    total: count(object, 'status', 'replicas'),
    paused: false,
    strategy: text(object, 'spec', 'updateStrategy', 'type') ?? 'RollingUpdate',
    partition: count(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition'),
  }
}

function daemonSet(object: KubeObject) {
  return {
    kind: 'DaemonSet' as const,
    replicas: count(object, 'status', 'desiredNumberScheduled'),
    updated: count(object, 'status', 'updatedNumberScheduled'),
    ready: count(object, 'status', 'numberReady'),
    total: count(object, 'status', 'currentNumberScheduled') + count(object, 'status', 'numberMisscheduled'),
    paused: false,
    strategy: text(object, 'spec', 'updateStrategy', 'type') ?? 'RollingUpdate',
    partition: 0,
  }
}

/** 1 is the server's default; it fills it in, a manifest may not. */
function replicasOf(object: KubeObject): number {
  return field(object, 'spec', 'replicas') === undefined ? 1 : count(object, 'spec', 'replicas')
}
