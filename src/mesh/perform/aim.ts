/** Changing an object of somebody else: only the one that was seen, and only if it still is as it was seen. */

import { Problem } from '../../lib/problem.ts'
import type { Target } from '../../upgrade/actions.ts'
import type { Cluster, KubeObject, PatchOperation, Resource } from '../cluster.ts'

/** What performing an action may use. */
export interface Hands {
  readonly cluster: Cluster
  readonly signal: AbortSignal
}

/** The object as it is now. Throws conflict when it is gone or another one has its name; the engine looks again then. */
export async function current(hands: Hands, resource: Resource, target: Target): Promise<KubeObject> {
  const object = await hands.cluster.get(resource, addressOf(target), hands.signal)
  if (object === undefined) throw changedMeanwhile(resource, target, 'is gone')
  if (object.metadata.uid !== target.uid) throw changedMeanwhile(resource, target, 'was deleted and made anew')
  return object
}

/**
 * One patch, tested against what was *seen*, not against what was just read: if somebody wrote in between, the decision
 * to change it is out of date, and the server answers conflict. Without operations nothing is sent, so an action that
 * is repeated after a crash finds its own work done and is quiet.
 */
export async function change(
  hands: Hands,
  resource: Resource,
  target: Target,
  operations: readonly PatchOperation[],
): Promise<void> {
  if (operations.length === 0) return
  const tests: readonly PatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: target.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: target.resourceVersion },
  ]
  await hands.cluster.patch(resource, addressOf(target), [...tests, ...operations], hands.signal)
}

export function changedMeanwhile(
  resource: Resource,
  target: Pick<Target, 'name' | 'namespace'>,
  what: string,
): Problem {
  const object = target.namespace === undefined ? target.name : `${target.namespace}/${target.name}`
  return new Problem({
    kind: 'conflict',
    code: 'mesh/changed-meanwhile',
    text: `${resource.kind} ${object} ${what} since it was looked at.`,
    facts: { kind: resource.kind, object },
  })
}

function addressOf({ name, namespace }: Pick<Target, 'name' | 'namespace'>) {
  return namespace === undefined ? { name } : { name, namespace }
}
