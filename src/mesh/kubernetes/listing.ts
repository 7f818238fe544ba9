/** A whole collection, asked from the server page by page. */

import { isRecord } from '../../lib/json.ts'
import { Problem } from '../../lib/problem.ts'
import type { KubeObject, ListOptions, Resource } from '../cluster.ts'
import type { Calls } from './calls.ts'
import { problemOfNonsense } from './errors.ts'
import { apiVersionOf, collectionPath, query } from './paths.ts'

export interface Listing {
  readonly objects: readonly KubeObject[]
  /** Where a watch goes on; undefined when the server does not know the resource. */
  readonly resourceVersion: string | undefined
}

const pageSize = '500'

/** @throws Problem; a resource that the server does not know gives no objects and no resourceVersion. */
export async function listAll(
  calls: Calls,
  cluster: string,
  resource: Resource,
  options: ListOptions,
  signal: AbortSignal,
): Promise<Listing> {
  try {
    return await pages(calls, cluster, resource, options, signal)
  } catch (thrown) {
    // The snapshot behind the pages is older than what the server keeps (410): the whole list once more.
    if (!(thrown instanceof Problem) || thrown.code !== 'kubernetes/expired') throw thrown
    return pages(calls, cluster, resource, options, signal)
  }
}

async function pages(
  calls: Calls,
  cluster: string,
  resource: Resource,
  options: ListOptions,
  signal: AbortSignal,
): Promise<Listing> {
  const doing = {
    cluster,
    verb: 'list',
    resource,
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  }
  const accept = options.metadataOnly
    ? 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    : 'application/json'
  const objects: KubeObject[] = []
  let resourceVersion: string | undefined
  let next: string | undefined
  do {
    const path = `${collectionPath(resource, options.namespace)}${query({ limit: pageSize, labelSelector: options.labelSelector, continue: next })}`
    let body: unknown
    try {
      body = (await calls.send(doing, { method: 'GET', path, accept }, signal)).body
    } catch (thrown) {
      if (next !== undefined) throw thrown
      await expectAbsent(calls, cluster, thrown, signal)
      return { objects: [], resourceVersion: undefined }
    }
    if (!isRecord(body) || !isRecord(body['metadata']) || !(Array.isArray(body['items']) || body['items'] === null))
      throw problemOfNonsense(doing)
    for (const item of (body['items'] ?? []) as readonly KubeObject[]) objects.push(withKind(resource, item))
    const { resourceVersion: version, continue: more } = body['metadata']
    if (typeof version === 'string') resourceVersion ??= version
    next = typeof more === 'string' && more !== '' ? more : undefined
  } while (next !== undefined)
  return { objects, resourceVersion }
}

/** Returns when `thrown` says "not there". Without a Status any web server may have said it, and nothing would be a lie: then the server is asked who it is. */
export async function expectAbsent(calls: Calls, cluster: string, thrown: unknown, signal: AbortSignal): Promise<void> {
  if (!(thrown instanceof Problem) || thrown.kind !== 'not-found') throw thrown
  if (thrown.code === 'kubernetes/no-such-path') await serverVersion(calls, cluster, signal)
}

/** `v1.35.4` */
export async function serverVersion(calls: Calls, cluster: string, signal: AbortSignal): Promise<string> {
  const doing = { cluster, verb: 'get /version' }
  const { body } = await calls.send(doing, { method: 'GET', path: '/version' }, signal)
  if (!isRecord(body) || typeof body['gitVersion'] !== 'string') throw problemOfNonsense(doing)
  return body['gitVersion']
}

/** Items of a list carry neither; a list of metadata calls everything PartialObjectMetadata. */
export function withKind(resource: Resource, object: KubeObject): KubeObject {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind }
}
