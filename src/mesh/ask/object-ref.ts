import type { ObjectRef } from '../../upgrade/mesh.ts'
import type { KubeObject, Resource } from '../cluster.ts'

/** An object by what deleting or giving it back needs. */
export function objectRef(resource: Resource, object: KubeObject, uid: string): ObjectRef {
  const { kind, group, version, plural, namespaced } = resource
  const { name, namespace } = object.metadata
  return { kind, group, version, plural, ...(namespaced && namespace !== undefined && { namespace }), name, uid }
}

/** The way back: which resource an object of a record is. */
export function resourceOf({ kind, group, version, plural, namespace }: ObjectRef): Resource {
  return { kind, group, version, plural, namespaced: namespace !== undefined }
}
