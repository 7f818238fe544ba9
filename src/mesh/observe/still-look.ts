/** A look at a handful of objects that stand still: for tests of single parts. */

import { Problem } from '../../lib/problem.ts'
import type { Cluster, KubeObject, ObjectMeta, Resource } from '../cluster.ts'
import { apiVersionOf } from '../resources.ts'
import { lookAt } from './look.ts'
import type { Look } from './look.ts'

/** Nothing else is in this cluster, and nothing can be done to it. Selectors are not evaluated. */
export function stillLook(...objects: readonly KubeObject[]): Look {
  const of = (resource: Resource) =>
    objects.filter((one) => one.kind === resource.kind && one.apiVersion === apiVersionOf(resource))
  const refuse = async (): Promise<never> => {
    throw new Problem({ kind: 'bug', code: 'mesh/still', text: 'This cluster can only be looked at.' })
  }
  const cluster: Cluster = {
    name: 'east',
    list: async (resource) => of(resource),
    get: async (resource, { name, namespace }) =>
      of(resource).find((one) => one.metadata.name === name && one.metadata.namespace === namespace),
    create: refuse,
    patch: refuse,
    apply: refuse,
    remove: refuse,
    may: async () => true,
    version: async () => 'v1.35.4',
    changed: async () => undefined,
    close: async () => undefined,
  }
  return lookAt(cluster, new AbortController().signal)
}

/** `shop/cart` or a bare name; with uid and resourceVersion, as a server gives them. */
export function anObject(
  resource: Resource,
  about: string,
  metadata: Partial<ObjectMeta> = {},
  rest: Readonly<Record<string, unknown>> = {},
): KubeObject {
  const [name = '', namespace] = about.split('/').toReversed()
  const place = namespace === undefined ? {} : { namespace }
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { name, ...place, uid: `uid of ${resource.kind} ${about}`, resourceVersion: '1', ...metadata },
    ...rest,
  }
}
