/**
 * The inner port of both drivers: one Kubernetes cluster and the `helm` program, as little as observing and
 * performing need. `mesh/kubernetes` speaks it to a real API server, `mesh/simulated` to a small one in memory.
 */

/** A Kubernetes object as it stands on the wire. List items carry `kind` and `apiVersion` here too. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: unknown
}

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly {
    readonly apiVersion: string
    readonly kind: string
    readonly name: string
    readonly uid: string
    readonly controller?: boolean
  }[]
  readonly managedFields?: readonly ManagedFields[]
  readonly [field: string]: unknown
}

export interface ManagedFields {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly time?: string
  readonly fieldsV1?: unknown
  readonly [field: string]: unknown
}

/** Which resource of the API: `group` is empty for the core group. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
}

export interface Address {
  readonly name: string
  /** Absent for cluster-wide resources. */
  readonly namespace?: string
}

/** RFC 6902; the operations in use. */
export type PatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

export interface ListOptions {
  readonly namespace?: string
  readonly labelSelector?: string
  /** `PartialObjectMetadata` is enough: no spec, no status. */
  readonly metadataOnly?: boolean
}

/**
 * Errors are Problems: forbidden, not-found, conflict (409, a failed `test`, a lost race), rejected (admission, quota,
 * invalid object), unavailable (connection refused, 429, 5xx), timeout. Never a raw client error.
 */
export interface Cluster {
  /** The cluster's registered name; every fact and action names it. */
  readonly name: string
  /** Everything of one resource; [] when the server does not know the resource at all. Served from a watch where there is one. */
  list(resource: Resource, options: ListOptions, signal: AbortSignal): Promise<readonly KubeObject[]>
  /** Always asks the server; undefined when absent. */
  get(resource: Resource, at: Address, signal: AbortSignal): Promise<KubeObject | undefined>
  create(
    resource: Resource,
    object: KubeObject,
    options: { readonly dryRun?: boolean },
    signal: AbortSignal,
  ): Promise<KubeObject>
  /** JSON patch, under the field manager `meshlift`. */
  patch(
    resource: Resource,
    at: Address,
    operations: readonly PatchOperation[],
    signal: AbortSignal,
  ): Promise<KubeObject>
  /** Server-side apply; `manager` is `helm` only for what Helm owns and applies (CRDs, the default tag). */
  apply(
    resource: Resource,
    object: KubeObject,
    options: { readonly manager: 'helm' | 'meshlift'; readonly force: boolean },
    signal: AbortSignal,
  ): Promise<KubeObject>
  /** Background deletion with a uid precondition; already gone is fine. */
  remove(resource: Resource, at: Address, uid: string, signal: AbortSignal): Promise<void>
  /** SelfSubjectAccessReview. */
  may(
    verb: string,
    resource: Resource,
    at: { readonly namespace?: string; readonly name?: string },
    signal: AbortSignal,
  ): Promise<boolean>
  /** `v1.35.4`: the server's gitVersion. Throws unavailable when it cannot be reached. */
  version(signal: AbortSignal): Promise<string>
  /** Resolves at the next change that a watch delivers, or after `ms`; the worker looks again then. */
  changed(ms: number, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface ChartRef {
  /** `base` or `istiod`. */
  readonly chart: 'base' | 'istiod'
  /** Istio version, `1.31.0`. */
  readonly version: string
}

export interface HelmRelease {
  readonly name: string
  readonly namespace: string
}

/** The `helm` program, version 3 or 4, with the same cluster behind it. Problems: not-found (no program), unavailable (chart cannot be pulled), rejected (chart fails). */
export interface Helm {
  /** `v4.1.4`. */
  version(signal: AbortSignal): Promise<string>
  /** Renders; touches nothing. `values` is the user's values object. */
  template(
    release: HelmRelease,
    chart: ChartRef,
    values: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<readonly KubeObject[]>
  /** `helm install` without `--wait`. A killed one leaves a pending release. */
  install(
    release: HelmRelease,
    chart: ChartRef,
    values: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<void>
  /** `helm uninstall`; only ever for a half-made release of our own (B3). Refused (conflict) while a helm that works on this release is still alive. */
  uninstall(release: HelmRelease, signal: AbortSignal): Promise<void>
}
