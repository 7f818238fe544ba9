/**
 * The port to the mesh: what can be seen, what can be asked, what can be done. Drivers implement it; the heart knows no driver.
 * Every fact and action names its cluster. What could not be seen is an error, never an empty answer.
 */

import type { Action } from './actions.ts'
import type { Body, Labels, ObjectRef, WorkloadKind } from './objects.ts'

export type { Body, Labels, ObjectRef, WorkloadKind } from './objects.ts'

/** What every observed object has; carried by actions so that they touch only what was seen. */
export interface Seen {
  readonly cluster: string
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
}

/** May never throw for a cluster that cannot be reached: that is the fact. */
export interface ClusterFact {
  readonly cluster: string
  readonly reachable: boolean
  /** Why not reachable: one sentence without secrets. */
  readonly why?: string
  /** Kubernetes version, `1.35.4`. */
  readonly version?: string
  /** Permissions the plan needs and the driver lacks: `patch namespaces`, `create pods in istio-system`. */
  readonly missing: readonly string[]
}

/** One istiod Deployment. */
export interface ControlPlaneFact extends Seen {
  readonly namespace: string
  /** Revision as labels and annotations name it; `default` for an un-revisioned one. */
  readonly revision: string
  /** Image tag of its `discovery` container, `1.30.0`. */
  readonly version: string
  /** Name of its Service, what webhooks point to. */
  readonly service: string
  /** Helm release that owns it (annotation `meta.helm.sh/release-name`). */
  readonly release?: string
  readonly wanted: number
  readonly ready: number
  /** Why its pods are not ready, as Kubernetes says it. */
  readonly trouble?: string
  /** Pods still there, terminating ones included. */
  readonly pods: number
  readonly createdAt: number
}

/** What one control plane configures proxies with: the `mesh` text of its ConfigMap. */
export interface MeshConfigFact {
  readonly cluster: string
  readonly revision: string
  readonly mesh: string
}

/** One Helm release of a chart of Istio (base or istiod) in the Istio namespace, at its newest stored version. */
export interface ReleaseFact {
  readonly cluster: string
  readonly name: string
  readonly namespace: string
  readonly chart: string
  readonly chartVersion: string
  /** `deployed`, `pending-install`, `failed`, ... */
  readonly status: string
  /** Stored version of the release: 1, 2, ... */
  readonly version: number
  /** Milliseconds; when helm last worked on it. */
  readonly lastDeployed: number
  /** The user's values, as `helm get values` gives them. Never shown: they may hold secrets. */
  readonly values: Readonly<Record<string, unknown>>
}

export interface Selector {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
    readonly values?: readonly string[]
  }[]
}

/** One mutating or validating webhook configuration that serves Istio. */
export interface WebhookFact extends Seen {
  readonly kind: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration'
  readonly labels: Labels
  readonly annotations: Labels
  readonly webhooks: readonly {
    readonly name: string
    /** Absent for a webhook by URL. */
    readonly service?: string
    readonly namespaceSelector: Selector
    readonly objectSelector: Selector
    readonly failurePolicy: string
    readonly hasCaBundle: boolean
    /** Does it look at creations of pods? */
    readonly injects: boolean
  }[]
  /** Field managers with an entry on it. */
  readonly managers: readonly string[]
  readonly body: Body
}

/** A Service that a tag made (`istiod-revision-tag-<tag>`, Istio 1.28 and newer). */
export interface TagServiceFact extends Seen {
  readonly namespace: string
  readonly tag: string
  readonly revision: string
  readonly selector: Labels
  readonly annotations: Labels
  readonly managers: readonly string[]
  readonly body: Body
}

export interface NamespaceFact extends Seen {
  readonly labels: Labels
  readonly annotations: Labels
  readonly terminating: boolean
  /** Field manager that last wrote each of the labels that choose a revision. */
  readonly writers: Labels
  readonly managers: readonly string[]
}

export interface WorkloadFact extends Seen {
  readonly namespace: string
  readonly kind: WorkloadKind
  readonly replicas: number
  readonly updated: number
  readonly ready: number
  /** Pods in all, old ones included. */
  readonly total: number
  /** The controller has seen the newest spec. */
  readonly observed: boolean
  readonly paused: boolean
  readonly strategy: string
  readonly partition: number
  /** Why the rollout does not get on (`ProgressDeadlineExceeded`, `ReplicaFailure`), as Kubernetes says it. */
  readonly trouble?: string
  readonly selector: Labels
  readonly podLabels: Labels
  readonly podAnnotations: Labels
  readonly hasReadinessProbe: boolean
  readonly hostNetwork: boolean
  readonly managers: readonly string[]
}

/** Who injected a pod: read from the pod, not from labels. */
export interface Injection {
  /** Annotation `istio.io/rev`: a real revision, never a tag. */
  readonly revision: string
  /** Image of container `istio-proxy`. */
  readonly image: string
  /** Where the proxy gets its configuration: `istiod-1-31.istio-system.svc:15012`. */
  readonly discovery: string
  /** A sidecar as init container with `restartPolicy: Always`. */
  readonly native: boolean
  /** More than one `istio-proxy`: injected twice. */
  readonly proxies: number
}

export interface PodFact extends Seen {
  readonly namespace: string
  readonly labels: Labels
  readonly annotations: Labels
  /** Top controller as far as the pod tells: a Deployment for a pod of its ReplicaSet; absent for a bare pod. */
  readonly owner?: { readonly kind: string; readonly name: string }
  readonly phase: string
  readonly ready: boolean
  readonly terminating: boolean
  readonly createdAt: number
  readonly hostNetwork: boolean
  readonly injection?: Injection
}

/** CronJobs and Jobs: they make pods that a restart cannot move. */
export interface BatchFact extends Seen {
  readonly namespace: string
  readonly kind: 'CronJob' | 'Job'
  readonly active: boolean
  readonly podLabels: Labels
}

export interface BudgetFact extends Seen {
  readonly namespace: string
  readonly selector: Selector
  readonly disruptionsAllowed: number
}

/** What the plan cannot handle yet: Gateway API gateways, waypoints, ambient namespaces, ztunnel. */
export interface UnsupportedFact {
  readonly cluster: string
  readonly what: 'kubernetes-gateway' | 'waypoint' | 'ambient-namespace' | 'ztunnel' | 'istio-cni'
  readonly about: string
}

/** An Istio configuration object with the label `istio.io/rev`. */
export interface PinnedConfigFact {
  readonly cluster: string
  readonly about: string
  readonly revision: string
}

/** The root certificate that proxies trust, from ConfigMaps; the CA Secret is never read. */
export interface RootFact {
  readonly cluster: string
  /** ConfigMap and namespace it was read from. */
  readonly about: string
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string
}

/** The record in the cluster of what was there before; a lost database still leaves a way back. */
export interface SnapshotFact extends Seen {
  readonly upgrade: string
}

/** What can be observed, part by part. A stage names the parts it reads. */
export interface Parts {
  readonly clusters: readonly ClusterFact[]
  readonly controlPlanes: readonly ControlPlaneFact[]
  readonly meshConfigs: readonly MeshConfigFact[]
  readonly releases: readonly ReleaseFact[]
  readonly webhooks: readonly WebhookFact[]
  readonly tagServices: readonly TagServiceFact[]
  readonly namespaces: readonly NamespaceFact[]
  readonly workloads: readonly WorkloadFact[]
  readonly pods: readonly PodFact[]
  readonly batch: readonly BatchFact[]
  readonly budgets: readonly BudgetFact[]
  readonly unsupported: readonly UnsupportedFact[]
  readonly pinned: readonly PinnedConfigFact[]
  readonly roots: readonly RootFact[]
  readonly snapshots: readonly SnapshotFact[]
}

export type MeshPart = keyof Parts
export type Observation<P extends MeshPart = MeshPart> = Pick<Parts, P> & { readonly at: number }

/** A question with an answer that no object holds; asked for by a stage, answered before it decides. Nothing is stored by any of them. */
export type Probe =
  /** `times` dry-run pods in a row, 50 ms apart, with these pod labels. */
  | {
      readonly ask: 'dry-run-pod'
      readonly cluster: string
      readonly namespace: string
      readonly labels: Labels
      readonly times: number
    }
  /** A valid and an invalid Istio object, both as a dry run. */
  | { readonly ask: 'dry-run-config'; readonly cluster: string }
  /** The helm program, and the target's charts pulled and rendered with the values the install would use. */
  | {
      readonly ask: 'chart'
      readonly cluster: string
      readonly version: string
      readonly revision: string
      readonly release: string
      readonly values: Readonly<Record<string, unknown>>
    }
  /** Which CRDs of the target's base chart are absent, differ from the chart (rendered spec is not contained in the live one) or are not Established. */
  | { readonly ask: 'crds'; readonly cluster: string; readonly version: string; readonly release: string }
  /** What the exact removal of a release would delete, in order, and what it would keep and why (decision 4). */
  | { readonly ask: 'belongings'; readonly cluster: string; readonly release: string; readonly revision: string }
  /** Objects with an entry of ours in managedFields that we do not own. */
  | { readonly ask: 'our-entries'; readonly cluster: string }

export type Answer =
  | {
      readonly ask: 'dry-run-pod'
      readonly pods: readonly ({ readonly injection: Injection | undefined } | { readonly refused: string })[]
    }
  | { readonly ask: 'dry-run-config'; readonly valid: 'accepted' | string; readonly invalid: 'accepted' | string }
  | { readonly ask: 'chart'; readonly helm?: string; readonly problem?: string; readonly meshConfig?: string }
  | { readonly ask: 'crds'; readonly all: readonly string[]; readonly behind: readonly string[] }
  | {
      readonly ask: 'belongings'
      readonly remove: readonly ObjectRef[]
      readonly keep: readonly { readonly about: string; readonly why: string }[]
      readonly pods: number
    }
  | { readonly ask: 'our-entries'; readonly objects: readonly ObjectRef[] }

export interface Mesh {
  observe<P extends MeshPart>(parts: readonly P[], signal: AbortSignal): Promise<Observation<P>>
  ask(probes: readonly Probe[], signal: AbortSignal): Promise<readonly Answer[]>
  /** Safe to repeat, never partly silent; refuses with conflict when what was seen is no longer so. */
  perform(action: Action, signal: AbortSignal): Promise<void>
  /** Resolves when something changed, or after `ms`. */
  changed(ms: number, signal: AbortSignal): Promise<void>
}

/** The namespace that holds Istio. One for now, as the charts' default. */
export const istioNamespace = 'istio-system'
