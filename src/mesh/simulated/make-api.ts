/** One store, one counter of resource versions, field ownership, patches with tests, deletion with a grace. */

import { timestamp } from '../../lib/clock.ts'
import { isRecord, sameJson } from '../../lib/json.ts'
import type { Address, KubeObject, Resource } from '../cluster.ts'
import type { Api, Around } from './api.ts'
import { applied } from './apply.ts'
import { patched } from './json-patch.ts'
import { apiVersionOf, isBuiltIn, kinds } from './kinds.ts'
import { absent, conflict, unknownResource, wrongUid } from './refusals.ts'
import { matches } from './selectors.ts'
import type { CustomResourceDefinition } from './shapes.ts'
import { discard, everyOne, take } from './shelves.ts'
import type { WorldState } from './state.ts'
import { change, insert, log, ownedByWriter, store } from './writing.ts'

export function makeApi(state: WorldState, around: Around): Api {
  const must = (resource: Resource, at: Address): KubeObject => {
    if (!api.serves(resource)) throw unknownResource(resource)
    const object = take(state.objects, resource, at)
    if (!object) throw absent(resource, at)
    return versioned(resource, object)
  }
  const api: Api = {
    state,
    serves: (resource) => {
      if (isBuiltIn(resource)) return true
      const definition = take(state.objects, kinds.CustomResourceDefinition, {
        name: `${resource.plural}.${resource.group}`,
      })
      return (
        (definition as CustomResourceDefinition | undefined)?.spec.versions.some(
          (each) => each.name === resource.version,
        ) ?? false
      )
    },
    find: (resource, at) => {
      const object = take(state.objects, resource, at)
      return object && api.serves(resource) ? versioned(resource, object) : undefined
    },
    all: (resource, where = {}) => {
      if (!api.serves(resource)) return []
      const there = everyOne(state.objects, resource, where.namespace)
      return there
        .filter((each) => matches(where.selector, each.metadata.labels))
        .map((each) => versioned(resource, each))
    },
    create: (resource, object, by, dryRun = false) => {
      if (!api.serves(resource)) throw unknownResource(resource)
      return insert({ api, around, resource, verb: 'create', by }, object, undefined, dryRun)
    },
    update: (resource, object, by) => {
      const before = must(resource, object.metadata)
      const writing = { api, around, resource, verb: 'update', by } as const
      return change(writing, before, ownedByWriter(writing, before, object))
    },
    patch: (resource, at, operations, by) => {
      const before = must(resource, at)
      const after = patched(before, operations) as KubeObject
      if (after.metadata.uid !== before.metadata.uid || after.metadata.name !== before.metadata.name)
        throw conflict(resource, at)
      const writing = { api, around, resource, verb: 'patch', by } as const
      return change(writing, before, ownedByWriter(writing, before, after))
    },
    apply: (resource, object, by, force) => {
      if (!api.serves(resource)) throw unknownResource(resource)
      const writing = { api, around, resource, verb: 'apply', by } as const
      const owner = { manager: by, operation: 'Apply', apiVersion: apiVersionOf(resource), now: state.now } as const
      const before = take(state.objects, resource, object.metadata)
      const nothing = { apiVersion: object.apiVersion, kind: object.kind, metadata: { name: object.metadata.name } }
      const result = applied(before ?? nothing, object, owner, force)
      if (!before) return insert(writing, object, result.managedFields, false)
      const entries = before.metadata.managedFields ?? []
      const managedFields = sameOwners(entries, result.managedFields) ? entries : result.managedFields
      const owned = managedFields.length === 0 ? {} : { managedFields }
      return change(writing, before, { ...result.object, metadata: { ...result.object.metadata, ...owned } })
    },
    setStatus: (resource, at, status) => {
      const before = take(state.objects, resource, at)
      if (before && !sameJson(before['status'], status)) store({ api, around, resource }, before, { ...before, status })
    },
    remove: (resource, at, by, uid) => {
      const object = take(state.objects, resource, at)
      if (!object || !api.serves(resource)) return
      if (uid !== undefined && object.metadata.uid !== uid) throw wrongUid(resource, at)
      const graceful = resource.plural === 'pods' || resource.plural === 'namespaces'
      if (graceful && object.metadata.deletionTimestamp !== undefined) return
      log(state, { resource, verb: 'delete', by }, at)
      if (!graceful) return api.drop(resource, at)
      store({ api, around, resource }, object, {
        ...object,
        metadata: { ...object.metadata, deletionTimestamp: timestamp(state.now) },
      })
    },
    drop: (resource, at) => {
      const object = take(state.objects, resource, at)
      if (!object) return
      state.resourceVersion += 1
      discard(state.objects, resource, at)
      around.wrote(api, resource, object, undefined)
    },
  }
  return api
}

/** As the version that was asked for; all versions of a resource are the same objects. */
function versioned(resource: Resource, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(resource)
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion }
}

/** The same owners of the same fields; when they wrote is beside the point. */
function sameOwners(a: readonly unknown[], b: readonly unknown[]): boolean {
  const timeless = (entries: readonly unknown[]): readonly unknown[] =>
    entries.map((each) => (isRecord(each) ? { ...each, time: '' } : each))
  return sameJson(timeless(a), timeless(b))
}
