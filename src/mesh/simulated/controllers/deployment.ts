/** Deployments: rolling one by one within surge and unavailability, recreating, paused, stuck. */

import type { Api } from '../api.ts'
import { kinds } from '../kinds.ts'
import type { Deployment } from '../shapes.ts'
import { report } from './deployment-status.ts'
import { fill, makeCurrent, scale, setsOf } from './replica-sets.ts'
import { desired } from './rolling.ts'
import { templateHash } from './templates.ts'

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
