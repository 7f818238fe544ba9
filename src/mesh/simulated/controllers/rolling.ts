/** How a rollout divides the pods between old and new. */

import type { Deployment } from '../shapes.ts'
import type { OwnedSet } from './replica-sets.ts'
import { share } from './templates.ts'

/** How many pods each ReplicaSet shall have now. */
export function desired(deployment: Deployment, sets: readonly OwnedSet[], hash: string): ReadonlyMap<string, number> {
  const { replicas, strategy } = deployment.spec
  const current = sets.find((each) => each.object.metadata.name.endsWith(`-${hash}`))
  const others = sets.filter((each) => each !== current && each.object.spec.replicas > 0)
  if (!current) return new Map()
  const own = current.object.metadata.name
  if (strategy.type === 'Recreate') {
    const gone = sets.every((each) => each === current || each.pods.length === 0)
    return new Map([...others.map((each) => [each.object.metadata.name, 0] as const), [own, gone ? replicas : 0]])
  }
  if (others.length === 0) return new Map([[own, replicas]])
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy.rollingUpdate ?? {}
  const surge = share(maxSurge, replicas, Math.ceil)
  const unavailable = Math.max(share(maxUnavailable, replicas, Math.floor), surge === 0 ? 1 : 0)
  const old = others.reduce((sum, each) => sum + each.object.spec.replicas, 0)
  const size = Math.min(replicas, Math.max(current.object.spec.replicas, replicas + surge - old))
  const available = current.ready + others.reduce((sum, each) => sum + each.ready, 0)
  const wanted = new Map([[own, size]])
  let removable = Math.max(0, available - (replicas - unavailable))
  for (const each of others) {
    const unready = each.object.spec.replicas - each.ready
    const less = Math.min(each.object.spec.replicas, unready + removable)
    removable -= less - Math.min(less, unready)
    wanted.set(each.object.metadata.name, each.object.spec.replicas - less)
  }
  return wanted
}
