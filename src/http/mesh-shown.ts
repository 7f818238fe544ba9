/**
 * A mesh as answers show it: everything that was accepted. Documented answers leave out annotations, labels and tags,
 * and all but the first leave out `installation` and `injection` (asm-api 4.2). Here every answer has them, so that
 * whoever reads a mesh sees what policies see of it; a client that does not know these members passes over them.
 */

import { enterpriseProjectAnnotation } from '../contract/meshes.ts'
import type { Mesh } from '../contract/meshes.ts'
import { timestamp } from '../lib/clock.ts'
import { enterpriseProjectOf } from '../registry/meshes.ts'
import type { MeshRecord } from '../registry/meshes.ts'

export function shownMesh(mesh: MeshRecord): Mesh {
  const { id, spec: accepted, version, phase, createdAt, updatedAt } = mesh
  return {
    kind: 'Mesh',
    apiVersion: 'v1',
    metadata: { ...accepted.metadata, ...annotations(mesh), uid: id, creationTimestamp: timestamp(createdAt) },
    spec: { ...accepted.spec, version },
    status: { phase, updateTimestamp: timestamp(updatedAt) },
  }
}

/** The enterprise project is said where it was asked for, and it is the present one: a mesh may have been moved. */
function annotations(mesh: MeshRecord): Pick<Mesh['metadata'], 'annotations'> {
  const asked = mesh.spec.metadata.annotations
  const id = enterpriseProjectOf(mesh)
  if (id === '0' && asked?.[enterpriseProjectAnnotation] === undefined) return {}
  return { annotations: { ...asked, [enterpriseProjectAnnotation]: id } }
}
