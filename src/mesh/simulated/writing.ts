/** How an object gets stored: what the server fills in, who owns what afterwards, and who is told. */

import { timestamp } from '../../lib/clock.ts'
import { derivedId } from '../../lib/ids.ts'
import { sameJson } from '../../lib/json.ts'
import type { KubeObject, ManagedFields, ObjectMeta, Resource } from '../cluster.ts'
import type { Api, Around } from './api.ts'
import { withDefaults } from './defaults.ts'
import { apiVersionOf, kinds } from './kinds.ts'
import { afterUpdate } from './managed-fields.ts'
import { absent, alreadyExists, terminating } from './refusals.ts'
import { put, take } from './shelves.ts'
import type { WorldState, Write } from './state.ts'
import { nameEnding } from './state.ts'

/** Where and for whom something is written. */
export interface Writing {
  readonly api: Api
  readonly around: Around
  readonly resource: Resource
  readonly verb: Write['verb']
  /** Field manager. */
  readonly by: string
}

/** Their specs never change, or change without a count. */
const withoutGeneration: ReadonlySet<string> = new Set(
  'pods namespaces nodes services serviceaccounts configmaps secrets leases roles rolebindings clusterroles clusterrolebindings controllerrevisions'.split(
    ' ',
  ),
)
/** Nobody fights over these, and their lists would only make the world big. */
const withoutOwners: ReadonlySet<string> = new Set(['pods', 'replicasets', 'controllerrevisions', 'nodes', 'secrets'])

export function store(
  { api, around, resource }: Pick<Writing, 'api' | 'around' | 'resource'>,
  before: KubeObject | undefined,
  after: KubeObject,
): KubeObject {
  const { state } = api
  state.resourceVersion += 1
  const stored = { ...after, metadata: { ...after.metadata, resourceVersion: String(state.resourceVersion) } }
  put(state.objects, resource, stored)
  if (resource.plural === 'namespaces' && before && !sameJson(before.metadata.labels, after.metadata.labels))
    state.labelsBefore.set(after.metadata.name, { labels: before.metadata.labels ?? {}, at: state.now })
  around.wrote(api, resource, before, stored)
  return stored
}

export function log(
  state: WorldState,
  { resource, verb, by }: Pick<Writing, 'resource' | 'verb' | 'by'>,
  at: ObjectMeta | { readonly name: string; readonly namespace?: string },
): void {
  const namespace = resource.namespaced ? { namespace: at.namespace ?? '' } : {}
  state.log.push({ at: state.now, by, verb, plural: resource.plural, ...namespace, name: at.name })
}

/** Identity stays, the generation counts changes of what is wanted, and unchanged means unwritten. */
export function change(writing: Writing, before: KubeObject, wanted: KubeObject): KubeObject {
  const { api, around, resource } = writing
  const { name, namespace, uid, creationTimestamp, resourceVersion, generation } = before.metadata
  const identity = {
    name,
    uid,
    creationTimestamp,
    resourceVersion,
    ...(namespace === undefined ? {} : { namespace }),
    ...(generation === undefined ? {} : { generation }),
  }
  const kept = { ...wanted, metadata: { ...wanted.metadata, ...identity } } as KubeObject
  const admitted = around.admit(api, resource, withDefaults(kept), before)
  if (sameJson(admitted, before)) return before
  const bump = generation !== undefined && !sameJson(wish(before), wish(admitted)) ? { generation: generation + 1 } : {}
  const stored = store(writing, before, { ...admitted, metadata: { ...admitted.metadata, ...bump } })
  log(api.state, writing, stored.metadata)
  return stored
}

/** After a plain write: what it changed is the writer's, unless it wrote the list of owners itself. */
export function ownedByWriter({ api, resource, by }: Writing, before: KubeObject, after: KubeObject): KubeObject {
  const listGiven = !sameJson(before.metadata.managedFields, after.metadata.managedFields)
  if (listGiven || withoutOwners.has(resource.plural)) return after
  const managedFields = afterUpdate(before, after, {
    manager: by,
    operation: 'Update',
    apiVersion: apiVersionOf(resource),
    now: api.state.now,
  })
  return managedFields.length === 0 ? after : { ...after, metadata: { ...after.metadata, managedFields } }
}

/** @param managed owners of an applied object; who creates it plainly owns all of it */
export function insert(
  writing: Writing,
  object: KubeObject,
  managed: readonly ManagedFields[] | undefined,
  dryRun: boolean,
): KubeObject {
  const { api, around, resource, by } = writing
  const { state } = api
  const named = withIdentity(state, resource, object)
  if (take(state.objects, resource, named.metadata)) throw alreadyExists(resource, named.metadata)
  if (resource.namespaced) mustTakeObjects(state, resource, named)
  const admitted = around.admit(api, resource, withDefaults(named), undefined)
  const owner = { manager: by, operation: 'Update', apiVersion: apiVersionOf(resource), now: state.now } as const
  const managedFields = withoutOwners.has(resource.plural) ? [] : (managed ?? afterUpdate(undefined, admitted, owner))
  const whole =
    managedFields.length === 0 ? admitted : { ...admitted, metadata: { ...admitted.metadata, managedFields } }
  if (dryRun) return whole
  log(state, writing, named.metadata)
  return store(writing, undefined, whole)
}

function withIdentity(state: WorldState, resource: Resource, object: KubeObject): KubeObject {
  const { generateName } = object.metadata
  state.serial += 1
  return {
    ...object,
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: {
      ...object.metadata,
      name: typeof generateName === 'string' ? `${generateName}${nameEnding(state)}` : object.metadata.name,
      uid: derivedId('simulated', String(state.seed), String(state.serial)),
      creationTimestamp: timestamp(state.now),
      ...(withoutGeneration.has(resource.plural) ? {} : { generation: 1 }),
    },
  }
}

function mustTakeObjects(state: WorldState, resource: Resource, object: KubeObject): void {
  const name = object.metadata.namespace ?? ''
  const namespace = take(state.objects, kinds.Namespace, { name })
  if (!namespace) throw absent(kinds.Namespace, { name })
  if (namespace.metadata.deletionTimestamp !== undefined) throw terminating(resource, object.metadata)
}

/** What is wanted, without metadata and status: a change of it is a new generation. */
function wish(object: KubeObject): unknown {
  return Object.fromEntries(
    Object.entries(object).filter(([key]) => !['apiVersion', 'kind', 'metadata', 'status'].includes(key)),
  )
}
