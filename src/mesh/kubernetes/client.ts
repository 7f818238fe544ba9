/** The inner port to a real API server. */

import { isRecord } from '../../lib/json.ts'
import type { Address, Cluster, KubeObject, Resource } from '../cluster.ts'
import type { Calls } from './calls.ts'
import { problemOfNonsense } from './errors.ts'
import type { Doing } from './errors.ts'
import type { Call } from './http.ts'
import { expectAbsent, serverVersion, withKind } from './listing.ts'
import { apiVersionOf, collectionPath, objectPath, query } from './paths.ts'
import type { Watches } from './watches.ts'

const fieldManager = 'meshlift'

export interface ClientParts {
  readonly name: string
  readonly calls: Calls
  readonly watches: Watches
  readonly close: () => void
}

export function kubernetesCluster({ name, calls, watches, close }: ClientParts): Cluster {
  function doing(verb: string, resource: Resource, at: Partial<Address>): Doing {
    return { cluster: name, verb, resource, ...at }
  }

  async function object(about: Doing, resource: Resource, call: Call, signal: AbortSignal): Promise<KubeObject> {
    const { body } = await calls.send(about, call, signal)
    if (!isRecord(body) || !isRecord(body['metadata'])) throw problemOfNonsense(about)
    return withKind(resource, body as KubeObject)
  }

  async function write(about: Doing, resource: Resource, call: Call, signal: AbortSignal): Promise<KubeObject> {
    try {
      const written = await object(about, resource, call, signal)
      watches.wrote(resource, written)
      return written
    } catch (thrown) {
      // Refused, or never answered: what stands there now is not what was seen, or not known.
      watches.doubt(resource)
      throw thrown
    }
  }

  return {
    name,
    list: (resource, options, signal) => watches.list(resource, options, signal),

    async get(resource, at, signal) {
      try {
        return await object(
          doing('get', resource, at),
          resource,
          { method: 'GET', path: objectPath(resource, at) },
          signal,
        )
      } catch (thrown) {
        await expectAbsent(calls, name, thrown, signal)
        return undefined
      }
    },

    create(resource, body, { dryRun }, signal) {
      const at = addressOf(body)
      const path = `${collectionPath(resource, at.namespace)}${query({ fieldManager, dryRun: dryRun ? 'All' : undefined })}`
      const call: Call = {
        method: 'POST',
        path,
        body: { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind },
      }
      const about = doing(dryRun ? 'create (dry run)' : 'create', resource, at)
      return dryRun ? object(about, resource, call, signal) : write(about, resource, call, signal)
    },

    patch(resource, at, operations, signal) {
      const path = `${objectPath(resource, at)}${query({ fieldManager })}`
      return write(
        doing('patch', resource, at),
        resource,
        { method: 'PATCH', path, body: operations, contentType: 'application/json-patch+json' },
        signal,
      )
    },

    apply(resource, body, { manager, force }, signal) {
      const at = addressOf(body)
      const path = `${objectPath(resource, at)}${query({ fieldManager: manager, force: String(force) })}`
      // JSON is YAML; the content type exists under this name only.
      const call: Call = {
        method: 'PATCH',
        path,
        body: { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind },
        contentType: 'application/apply-patch+yaml',
      }
      return write(doing('apply', resource, at), resource, call, signal)
    },

    async remove(resource, at, uid, signal) {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid } }
      try {
        await calls.send(
          doing('delete', resource, at),
          { method: 'DELETE', path: objectPath(resource, at), body },
          signal,
        )
      } catch (thrown) {
        await expectAbsent(calls, name, thrown, signal)
      } finally {
        watches.doubt(resource)
      }
    },

    async may(verb, resource, at, signal) {
      const resourceAttributes = {
        verb,
        group: resource.group,
        version: resource.version,
        resource: resource.plural,
        ...at,
      }
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      }
      const about: Doing = { cluster: name, verb: `ask for the permission to ${verb}`, resource, ...at }
      const reply = await calls.send(
        about,
        { method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body },
        signal,
      )
      const status = isRecord(reply.body) ? reply.body['status'] : undefined
      if (!isRecord(status) || typeof status['allowed'] !== 'boolean') throw problemOfNonsense(about)
      return status['allowed']
    },

    version: (signal) => serverVersion(calls, name, signal),
    changed: (ms, signal) => watches.changed(ms, signal),
    async close() {
      await watches.close()
      close()
    },
  }
}

function addressOf({ metadata }: KubeObject): Address {
  return { name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) }
}
