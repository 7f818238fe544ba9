/**
 * A small Kubernetes API in memory, as everybody in the simulation uses it. Everything answers at once; what controllers
 * do about it is scheduled.
 */

import type { Selector } from '../../upgrade/mesh.ts'
import type { Address, KubeObject, PatchOperation, Resource } from '../cluster.ts'
import type { WorldState } from './state.ts'

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
