/** Which control plane is to be replaced. */

import { effectiveInjection } from '../istio/injection.ts'
import type { ControlPlaneFact, Observation } from '../mesh.ts'
import { inMesh } from '../moves/namespaces.ts'
import { unknownControlPlane } from '../istio/revisions.ts'
import type { ControlPlaneRef } from '../record.ts'

type Seen = Observation<'controlPlanes' | 'releases' | 'webhooks' | 'namespaces' | 'pods'>

export interface Old {
  readonly from: ControlPlaneRef
  readonly baseRelease: string
}

/** The one in use; with none in use the only one there. `unknownControlPlane` when that does not name exactly one (checks say why). */
export function findOld(seen: Seen, target: string): Old {
  const candidates = seen.controlPlanes.filter((plane) => plane.revision !== target)
  const used = candidates.filter((plane) => isUsed(plane, seen))
  const one = used.length > 0 ? used : candidates
  const plane = one.length === 1 ? one[0] : undefined
  const baseRelease = seen.releases.find((release) => release.chart === 'base')?.name ?? ''
  if (!plane) return { from: unknownControlPlane, baseRelease }
  return {
    from: { revision: plane.revision, version: plane.version, release: plane.release ?? '', service: plane.service },
    baseRelease,
  }
}

export function isUsed(plane: ControlPlaneFact, seen: Seen): boolean {
  if (
    seen.pods.some(
      (pod) =>
        pod.cluster === plane.cluster &&
        pod.injection?.revision === plane.revision &&
        pod.phase !== 'Succeeded' &&
        pod.phase !== 'Failed',
    )
  )
    return true
  return inMesh(seen.namespaces).some((namespace) => {
    const effective = effectiveInjection({ cluster: namespace.cluster, namespace: namespace.labels, pod: {} }, seen)
    return effective.by === 'revision' && effective.revision === plane.revision
  })
}
