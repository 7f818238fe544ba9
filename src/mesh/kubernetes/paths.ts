/** Where a resource lives in the API. */

import type { Address, Resource } from '../cluster.ts'

/** `/apis/apps/v1/namespaces/shop/deployments`; without a namespace: of the whole cluster. */
export function collectionPath(resource: Resource, namespace: string | undefined): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const middle = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${root}${middle}/${resource.plural}`
}

export function objectPath(resource: Resource, at: Address): string {
  return `${collectionPath(resource, at.namespace)}/${encodeURIComponent(at.name)}`
}

/** `?a=1&b=2`, without what is undefined; '' when nothing is left. */
export function query(parameters: Readonly<Record<string, string | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.set(name, value)
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}
