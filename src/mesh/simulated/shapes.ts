/** The fields of Kubernetes objects that the simulation reads and writes; all of them survive a round trip through JSON. */

import type { Selector } from '../../upgrade/mesh.ts'
import type { KubeObject, ObjectMeta } from '../cluster.ts'

export interface Container {
  readonly name: string
  readonly image: string
  readonly restartPolicy?: string
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly [field: string]: unknown }[]
  readonly [field: string]: unknown
}

export interface PodSpec {
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly hostNetwork?: boolean
  readonly [field: string]: unknown
}

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string
}

export interface Pod extends KubeObject {
  readonly spec: PodSpec
  readonly status?: {
    readonly phase: string
    readonly conditions: readonly Condition[]
    readonly [field: string]: unknown
  }
}

export interface PodTemplate {
  readonly metadata?: Partial<ObjectMeta>
  readonly spec: PodSpec
}

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number
    readonly paused?: boolean
    readonly progressDeadlineSeconds: number
    readonly selector: Selector
    readonly strategy: {
      readonly type: string
      readonly rollingUpdate?: { readonly maxSurge: number | string; readonly maxUnavailable: number | string }
    }
    readonly template: PodTemplate
  }
  readonly status?: { readonly conditions?: readonly Condition[]; readonly [field: string]: unknown }
}

export interface ReplicaSet extends KubeObject {
  readonly spec: { readonly replicas: number; readonly template: PodTemplate; readonly [field: string]: unknown }
}

export interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas: number
    readonly selector: Selector
    readonly updateStrategy: { readonly type: string; readonly rollingUpdate?: { readonly partition?: number } }
    readonly template: PodTemplate
  }
  readonly status?: { readonly currentRevision?: string; readonly [field: string]: unknown }
}

export interface DaemonSet extends KubeObject {
  readonly spec: {
    readonly selector: Selector
    readonly updateStrategy: { readonly type: string }
    readonly template: PodTemplate
  }
}

export interface Webhook {
  readonly name: string
  readonly clientConfig: {
    readonly service?: {
      readonly name: string
      readonly namespace: string
      readonly path?: string
      readonly port?: number
    }
    readonly url?: string
    readonly caBundle?: string
  }
  readonly rules?: readonly {
    readonly operations: readonly string[]
    readonly apiGroups: readonly string[]
    readonly resources: readonly string[]
    readonly [field: string]: unknown
  }[]
  readonly failurePolicy?: string
  readonly namespaceSelector?: Selector
  readonly objectSelector?: Selector
  readonly [field: string]: unknown
}

export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly Webhook[]
}

export interface ServiceObject extends KubeObject {
  readonly spec: { readonly selector?: Readonly<Record<string, string>>; readonly [field: string]: unknown }
}

export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string
    readonly names: { readonly kind: string; readonly plural: string; readonly [field: string]: unknown }
    readonly scope: string
    readonly versions: readonly { readonly name: string; readonly [field: string]: unknown }[]
  }
}

/** `Ready` as the kubelet reports it; a pod that is going away may still be ready. */
export function isReady(pod: Pod): boolean {
  return pod.status?.conditions.some((each) => each.type === 'Ready' && each.status === 'True') ?? false
}

export function isGoing(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined
}

export function controllerUid(object: KubeObject): string | undefined {
  return object.metadata.ownerReferences?.find((each) => each.controller)?.uid
}
