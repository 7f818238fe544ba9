/** What a caller asks for with a new mesh, as far as its own body tells: no store and no cluster is looked at. */

import { enterpriseProjectAnnotation, valuesAnnotation } from '../contract/meshes.ts'
import type { MeshCreate } from '../contract/meshes.ts'
import { invalidField } from './invalid-field.ts'

export interface AskedOfMesh {
  /** Path of a values file on the server. */
  readonly values?: string
  /** Id; nobody knows yet whether there is such an enterprise project. */
  readonly enterpriseProject: string
}

/** invalid, naming the field. */
export function askedOfMesh({ metadata, spec }: MeshCreate): AskedOfMesh {
  for (const [index, cluster] of spec.extendParams.clusters.entries())
    refuseInjection(cluster.injection?.namespaces?.fieldSelector?.values, index)
  // Two values of one tag: policies could be told either, and would allow on one what they deny on the other.
  for (const [index, { key }] of (spec.tags ?? []).entries())
    if (spec.tags?.findIndex((tag) => tag.key === key) !== index)
      throw invalidField(`spec.tags[${index}].key`, 'must be named once')
  const values = metadata.annotations?.[valuesAnnotation]
  if (values !== undefined && !values.startsWith('/'))
    throw invalidField(valuesField, 'must be an absolute path on the server')
  return {
    ...(values === undefined ? {} : { values }),
    enterpriseProject: metadata.annotations?.[enterpriseProjectAnnotation] ?? '0',
  }
}

/** How the two annotations are called in a refusal. */
export const valuesField = `metadata.annotations["${valuesAnnotation}"]`
export const enterpriseProjectField = `metadata.annotations["${enterpriseProjectAnnotation}"]`

/** Adopting touches nothing, so namespaces cannot be chosen; an empty choice is what clients send who have none. */
function refuseInjection(namespaces: readonly string[] = [], index: number): void {
  if (namespaces.length > 0)
    throw invalidField(
      `spec.extendParams.clusters[${index}].injection`,
      'must be left out: the mesh that is there is adopted and its namespaces stay as they are',
    )
}
