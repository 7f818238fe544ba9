/**
 * A small Kubernetes API in memory: one store, one counter of resource versions, field ownership, patches with tests,
 * deletion with a grace. Everything answers at once; what controllers do about it is scheduled.
 */

import { timestamp } from '../../lib/clock.ts'
import { derivedId } from '../../lib/ids.ts'
import { isRecord, sameJson } from '../../lib/json.ts'
import type { Selector } from '../../upgrade/mesh.ts'
import type { Address, KubeObject, ObjectMeta, PatchOperation, Resource } from '../cluster.ts'
import { applied } from './apply.ts'
import { withDefaults } from './defaults.ts'
import { patched } from './json-patch.ts'
import { apiVersionOf, isBuiltIn, kinds } from './kinds.ts'
import { afterUpdate } from './managed-fields.ts'
import { absent, alreadyExists, conflict, terminating, unknownResource, wrongUid } from './refusals.ts'
import { matches } from './selectors.ts'
import type { CustomResourceDefinition } from './shapes.ts'
import type { WorldState, Write } from './state.ts'
import { nameEnding } from './state.ts'

export interface Api {
  readonly state: WorldState
  /** Does the server know the resource? */
  serves(resource: Resource): boolean
  find(resource: Resource, at: Address): KubeObject | undefined
  all(resource: Resource, where?: { readonly namespace?: string; readonly selector?: Selector }): readonly KubeObject[]
  create(resource: Resource, object: KubeObject, by: string, dryRun?: boolean): KubeObject
  /** The object anew, by who reads and writes it whole. Nothing happens when it is the same. */
  update(resource: Resource, object: KubeObject, by: string): KubeObject
  patch(resource: Resource, at: Address, operations: readonly PatchOperation[], by: string): KubeObject
  apply(resource: Resource, object: KubeObject, by: string, force: boolean): KubeObject
  /** Nobody's field, and no effect in the log. */
  setStatus(resource: Resource, at: Address, status: unknown): void
  /** Already gone is fine. A pod goes after its grace. */
  remove(resource: Resource, at: Address, by: string, uid?: string): void
  /** Takes an object out without grace: what controllers do at its end. */
  drop(resource: Resource, at: Address): void
}

/** What an API server asks before it stores, and who wants to know afterwards. */
export interface Around {
  /** The object as it is let in. @throws Problem `rejected` */
  admit(api: Api, resource: Resource, object: KubeObject, before: KubeObject | undefined): KubeObject
  wrote(api: Api, resource: Resource, before: KubeObject | undefined, after: KubeObject | undefined): void
}

const withoutGeneration: ReadonlySet<string> = new Set([
  'pods',
  'namespaces',
  'nodes',
  'services',
  'serviceaccounts',
  'configmaps',
  'secrets',
  'leases',
  'roles',
  'rolebindings',
  'clusterroles',
  'clusterrolebindings',
  'controllerrevisions',
])
/** Nobody fights over these, and their lists would only make the world big. */
const withoutOwners: ReadonlySet<string> = new Set(['pods', 'replicasets', 'controllerrevisions', 'nodes', 'secrets'])

export function makeApi(state: WorldState, around: Around): Api {
  const keyOf = (resource: Resource, at: Address): string =>
    `${resource.group}/${resource.plural}/${resource.namespaced ? (at.namespace ?? '') : ''}/${at.name}`
  const versioned = (resource: Resource, object: KubeObject): KubeObject => {
    const apiVersion = apiVersionOf(resource)
    return object.apiVersion === apiVersion ? object : { ...object, apiVersion }
  }
  const log = (verb: Write['verb'], by: string, resource: Resource, at: Address): void => {
    state.log.push({
      at: state.now,
      by,
      verb,
      plural: resource.plural,
      ...(resource.namespaced ? { namespace: at.namespace ?? '' } : {}),
      name: at.name,
    })
  }
  const store = (resource: Resource, before: KubeObject | undefined, after: KubeObject): KubeObject => {
    state.resourceVersion += 1
    const stored = { ...after, metadata: { ...after.metadata, resourceVersion: String(state.resourceVersion) } }
    state.objects.set(keyOf(resource, after.metadata), stored)
    if (resource.plural === 'namespaces' && before && !sameJson(before.metadata.labels, after.metadata.labels))
      state.labelsBefore.set(after.metadata.name, { labels: before.metadata.labels ?? {}, at: state.now })
    around.wrote(api, resource, before, stored)
    return stored
  }
  const must = (resource: Resource, at: Address): KubeObject => {
    if (!api.serves(resource)) throw unknownResource(resource)
    const object = state.objects.get(keyOf(resource, at))
    if (!object) throw absent(resource, at)
    return object
  }
  /** Identity stays, the generation counts changes of what is wanted, and unchanged means unwritten. */
  const change = (
    resource: Resource,
    before: KubeObject,
    wanted: KubeObject,
    verb: Write['verb'],
    by: string,
  ): KubeObject => {
    const { name, namespace, uid, creationTimestamp, resourceVersion, generation } = before.metadata
    const kept = Object.fromEntries(
      Object.entries({ name, namespace, uid, creationTimestamp, resourceVersion, generation }).filter(
        ([, value]) => value !== undefined,
      ),
    ) as unknown as ObjectMeta
    const admitted = around.admit(
      api,
      resource,
      withDefaults({ ...wanted, metadata: { ...wanted.metadata, ...kept } }),
      before,
    )
    if (sameJson(admitted, before)) return before
    const bump =
      generation !== undefined && !sameJson(wish(before), wish(admitted)) ? { generation: generation + 1 } : {}
    const stored = store(resource, before, { ...admitted, metadata: { ...admitted.metadata, ...bump } })
    log(verb, by, resource, stored.metadata)
    return stored
  }
  const updatedBy = (resource: Resource, before: KubeObject, after: KubeObject, by: string): KubeObject => {
    const owner = { manager: by, operation: 'Update', apiVersion: apiVersionOf(resource), now: state.now } as const
    const listGiven = !sameJson(before.metadata.managedFields, after.metadata.managedFields)
    if (listGiven || withoutOwners.has(resource.plural)) return after
    const managedFields = afterUpdate(before, after, owner)
    return managedFields.length === 0 ? after : { ...after, metadata: { ...after.metadata, managedFields } }
  }
  const insert = (
    resource: Resource,
    object: KubeObject,
    verb: 'create' | 'apply',
    by: string,
    managed: ObjectMeta['managedFields'],
    dryRun: boolean,
  ): KubeObject => {
    const generated = object.metadata['generateName']
    const name = object.metadata.name ?? (typeof generated === 'string' ? `${generated}${nameEnding(state)}` : '')
    state.serial += 1
    const named = {
      ...object,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: {
        ...object.metadata,
        name,
        uid: derivedId('simulated', String(state.seed), String(state.serial)),
        creationTimestamp: timestamp(state.now),
        ...(withoutGeneration.has(resource.plural) ? {} : { generation: 1 }),
      },
    }
    const at = named.metadata
    if (state.objects.has(keyOf(resource, at))) throw alreadyExists(resource, at)
    if (resource.namespaced) {
      const namespace = state.objects.get(keyOf(kinds.Namespace, { name: at.namespace ?? '' }))
      if (!namespace) throw absent(kinds.Namespace, { name: at.namespace ?? '' })
      if (namespace.metadata.deletionTimestamp !== undefined) throw terminating(resource, at)
    }
    const admitted = around.admit(api, resource, withDefaults(named), undefined)
    const owner = { manager: by, operation: 'Update', apiVersion: apiVersionOf(resource), now: state.now } as const
    const managedFields = withoutOwners.has(resource.plural) ? [] : (managed ?? afterUpdate(undefined, admitted, owner))
    const whole =
      managedFields.length === 0 ? admitted : { ...admitted, metadata: { ...admitted.metadata, managedFields } }
    if (dryRun) return whole
    log(verb, by, resource, at)
    return store(resource, undefined, whole)
  }

  const api: Api = {
    state,
    serves: (resource) => {
      if (isBuiltIn(resource)) return true
      const definition = state.objects.get(
        keyOf(kinds.CustomResourceDefinition, { name: `${resource.plural}.${resource.group}` }),
      )
      return (
        (definition as CustomResourceDefinition | undefined)?.spec.versions.some(
          (each) => each.name === resource.version,
        ) ?? false
      )
    },
    find: (resource, at) => {
      const object = state.objects.get(keyOf(resource, at))
      return object && api.serves(resource) ? versioned(resource, object) : undefined
    },
    all: (resource, where = {}) => {
      if (!api.serves(resource)) return []
      const start = `${resource.group}/${resource.plural}/${where.namespace === undefined ? '' : `${where.namespace}/`}`
      return [...state.objects]
        .filter(([key, object]) => key.startsWith(start) && matches(where.selector, object.metadata.labels))
        .map(([, object]) => versioned(resource, object))
        .toSorted(
          (a, b) =>
            compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
            compare(a.metadata.name, b.metadata.name),
        )
    },
    create: (resource, object, by, dryRun = false) => {
      if (!api.serves(resource)) throw unknownResource(resource)
      return insert(resource, object, 'create', by, undefined, dryRun)
    },
    update: (resource, object, by) => {
      const before = must(resource, object.metadata)
      return change(resource, before, updatedBy(resource, before, object, by), 'update', by)
    },
    patch: (resource, at, operations, by) => {
      const before = versioned(resource, must(resource, at))
      const after = patched(before, operations) as KubeObject
      if (after.metadata.uid !== before.metadata.uid || after.metadata.name !== before.metadata.name)
        throw conflict(resource, at)
      return change(resource, before, updatedBy(resource, before, after, by), 'patch', by)
    },
    apply: (resource, object, by, force) => {
      if (!api.serves(resource)) throw unknownResource(resource)
      const owner = { manager: by, operation: 'Apply', apiVersion: apiVersionOf(resource), now: state.now } as const
      const before = state.objects.get(keyOf(resource, object.metadata))
      const base = before ?? { apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata }
      const result = applied(
        before ? base : { ...base, metadata: { name: object.metadata.name } },
        object,
        owner,
        force,
      )
      if (!before) return insert(resource, object, 'apply', by, result.managedFields, false)
      const unchanged = sameOwners(before.metadata.managedFields ?? [], result.managedFields)
      const managedFields = unchanged ? before.metadata.managedFields : result.managedFields
      return change(
        resource,
        before,
        { ...result.object, metadata: { ...result.object.metadata, ...(managedFields ? { managedFields } : {}) } },
        'apply',
        by,
      )
    },
    setStatus: (resource, at, status) => {
      const before = state.objects.get(keyOf(resource, at))
      if (before && !sameJson(before['status'], status)) store(resource, before, { ...before, status })
    },
    remove: (resource, at, by, uid) => {
      const object = state.objects.get(keyOf(resource, at))
      if (!object || !api.serves(resource)) return
      if (uid !== undefined && object.metadata.uid !== uid) throw wrongUid(resource, at)
      const graceful = resource.plural === 'pods' || resource.plural === 'namespaces'
      if (graceful && object.metadata.deletionTimestamp !== undefined) return
      log('delete', by, resource, at)
      if (graceful)
        store(resource, object, {
          ...object,
          metadata: { ...object.metadata, deletionTimestamp: timestamp(state.now) },
        })
      else api.drop(resource, at)
    },
    drop: (resource, at) => {
      const key = keyOf(resource, at)
      const object = state.objects.get(key)
      if (!object) return
      state.resourceVersion += 1
      state.objects.delete(key)
      around.wrote(api, resource, object, undefined)
    },
  }
  return api
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What is wanted, without metadata and status: a change of it is a new generation. */
function wish(object: KubeObject): unknown {
  return Object.fromEntries(
    Object.entries(object).filter(([key]) => !['apiVersion', 'kind', 'metadata', 'status'].includes(key)),
  )
}

/** The same owners of the same fields; when they wrote is beside the point. */
function sameOwners(a: readonly unknown[], b: readonly unknown[]): boolean {
  const timeless = (entries: readonly unknown[]): readonly unknown[] =>
    entries.map((each) => (isRecord(each) ? { ...each, time: '' } : each))
  return sameJson(timeless(a), timeless(b))
}
