/** Where objects lie: one shelf a resource, in the order of namespace and name. */

import type { Address, KubeObject, Resource } from '../cluster.ts'

export type Shelves = Map<string, Map<string, KubeObject>>

function shelfOf(resource: Resource): string {
  return `${resource.group}/${resource.plural}`
}

function placeOf(resource: Resource, at: Address): string {
  return `${resource.namespaced ? (at.namespace ?? '') : ''}/${at.name}`
}

export function take(shelves: Shelves, resource: Resource, at: Address): KubeObject | undefined {
  return shelves.get(shelfOf(resource))?.get(placeOf(resource, at))
}

export function put(shelves: Shelves, resource: Resource, object: KubeObject): void {
  const name = shelfOf(resource)
  const shelf = shelves.get(name) ?? new Map<string, KubeObject>()
  const place = placeOf(resource, object.metadata)
  if (shelf.has(place)) shelf.set(place, object)
  else shelves.set(name, new Map([...shelf, [place, object] as const].toSorted(([a], [b]) => (a < b ? -1 : 1))))
}

export function discard(shelves: Shelves, resource: Resource, at: Address): void {
  shelves.get(shelfOf(resource))?.delete(placeOf(resource, at))
}

export function everyOne(shelves: Shelves, resource: Resource, namespace: string | undefined): readonly KubeObject[] {
  const all = [...(shelves.get(shelfOf(resource))?.values() ?? [])]
  return namespace === undefined ? all : all.filter((each) => each.metadata.namespace === namespace)
}

/** Everything there is, of all resources. */
export function contents(shelves: Shelves): readonly KubeObject[] {
  return [...shelves.values()].flatMap((shelf) => [...shelf.values()])
}
