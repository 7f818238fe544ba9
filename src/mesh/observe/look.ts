/** One look at a cluster: every list is asked for once, however many parts need it. */

import type { Cluster, KubeObject, ListOptions, Resource } from '../cluster.ts'

export interface Look {
  readonly cluster: Cluster
  readonly signal: AbortSignal
  list(resource: Resource, options?: ListOptions): Promise<readonly KubeObject[]>
}

export function lookAt(cluster: Cluster, signal: AbortSignal): Look {
  const asked = new Map<string, Promise<readonly KubeObject[]>>()
  return {
    cluster,
    signal,
    list: (resource, options = {}) => {
      const key = JSON.stringify([resource, options.namespace, options.labelSelector, options.metadataOnly === true])
      const found = asked.get(key) ?? cluster.list(resource, options, signal)
      asked.set(key, found)
      return found
    },
  }
}

/** `Promise.all` with a limit: a mesh of a thousand namespaces is not asked for all at once. */
export async function eachOf<T, R>(
  values: readonly T[],
  atOnce: number,
  work: (value: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  for (let start = 0; start < values.length; start += atOnce)
    results.push(...(await Promise.all(values.slice(start, start + atOnce).map(work))))
  return results
}
