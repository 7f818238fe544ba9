/** Restarting a workload: a stamp on its pod template, as `kubectl rollout restart` does it. */

import type { Action } from '../../upgrade/actions.ts'
import type { WorkloadKind } from '../../upgrade/mesh.ts'
import type { Resource } from '../cluster.ts'
import { daemonSets, deployments, statefulSets } from '../resources.ts'
import { change, current } from './aim.ts'
import type { Hands } from './aim.ts'
import { setMembers } from './json-patch.ts'

const resources: Readonly<Record<WorkloadKind, Resource>> = {
  Deployment: deployments,
  StatefulSet: statefulSets,
  DaemonSet: daemonSets,
}

/** The stamp is the upgrade's and the job's: whoever repeats the restart after a crash finds it there and does nothing. */
export async function restartWorkload(
  hands: Hands,
  action: Extract<Action, { do: 'restart-workload' }>,
): Promise<void> {
  const { kind, target, stamp } = action
  const workload = await current(hands, resources[kind], target)
  const annotations = ['spec', 'template', 'metadata', 'annotations']
  await change(hands, resources[kind], target, setMembers(workload, annotations, { 'meshlift.io/restarted': stamp }))
}
