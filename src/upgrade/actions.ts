/**
 * The closed list of what may be done to a cluster. Each is idempotent, carries what was seen (uid, resourceVersion),
 * and is what a dry run prints, what the diary keeps and what a driver must be able to do.
 */

import type { Body, Labels, ObjectRef, WorkloadKind } from './objects.ts'

/** What was seen of an object that an action changes. */
export interface Target {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
}

export type Action = { readonly cluster: string } &
  /** ConfigMap `meshlift-<upgrade>` in the Istio namespace, gzip and base64; wholly ours. */
  (
    | { readonly do: 'write-snapshot'; readonly upgrade: string; readonly snapshot: Body }
    | { readonly do: 'delete-snapshot'; readonly upgrade: string }
    /** CRDs of the target's base chart by server-side apply with force under the manager `helm`, with the base release's ownership (B7). Forward only. */
    | { readonly do: 'apply-crds'; readonly version: string; readonly release: string }
    | {
        readonly do: 'install-revision'
        readonly release: string
        readonly version: string
        readonly revision: string
        readonly values: Readonly<Record<string, unknown>>
      }
    /** A half-made release of our own (B3). */
    | { readonly do: 'clear-release'; readonly release: string }
    /** One patch: the concrete revision in, `istio-injection` out, the original labels into an annotation. */
    | { readonly do: 'label-namespace'; readonly target: Target; readonly revision: string; readonly upgrade: string }
    /** The recorded labels back; `forget` takes the annotation away as well (end of the upgrade, roll back). */
    | { readonly do: 'restore-namespace'; readonly target: Target; readonly labels: Labels; readonly forget: boolean }
    | { readonly do: 'forget-namespace'; readonly target: Target }
    | { readonly do: 'restart-workload'; readonly kind: WorkloadKind; readonly target: Target; readonly stamp: string }
    /** A tag's webhook configuration to another revision: label, owner release (if it has one) and every webhook's Service, in one patch. */
    | {
        readonly do: 'point-tag'
        readonly target: Target
        readonly revision: string
        readonly service: string
        readonly release?: string
      }
    | {
        readonly do: 'point-tag-service'
        readonly target: Target
        readonly revision: string
        readonly selector: Labels
        readonly release?: string
      }
    /** Every webhook of an injector to this Service: the switch of the default (decision 3, write 1). */
    | { readonly do: 'redirect-injector'; readonly target: Target; readonly service: string }
    /** The default tag, by apply under the manager `helm`; `staged` = selectors that never match (decision 3, write 2). */
    | {
        readonly do: 'apply-default-tag'
        readonly release: string
        readonly version: string
        readonly revision: string
        readonly values: Readonly<Record<string, unknown>>
        readonly staged: boolean
      }
    /** Selectors that never match, and its own Service back (decision 3, write 3). */
    | { readonly do: 'deactivate-injector'; readonly target: Target; readonly service: string }
    | { readonly do: 'point-validator'; readonly target: Target; readonly revision: string; readonly service: string }
    /** A recorded body back: labels, annotations and webhooks (or a Service's spec); created anew when absent (`target` absent). */
    | { readonly do: 'put-back'; readonly body: Body; readonly target?: Target }
    | { readonly do: 'delete-object'; readonly object: ObjectRef }
    /** Our entry out of managedFields (decision 20). */
    | { readonly do: 'give-back'; readonly object: ObjectRef }
  )

/** One line for people: what a dry run prints and a golden shows. */
export function describeAction(action: Action): string {
  switch (action.do) {
    case 'write-snapshot':
    case 'delete-snapshot':
      return `${action.do} ${action.upgrade}`
    case 'apply-crds':
      return `apply-crds ${action.version}`
    case 'install-revision':
      return `install-revision ${action.revision} (${action.version})`
    case 'clear-release':
      return `clear-release ${action.release}`
    case 'label-namespace':
      return `label-namespace ${action.target.name} ${action.revision}`
    case 'restore-namespace':
    case 'forget-namespace':
      return `${action.do} ${action.target.name}`
    case 'restart-workload':
      return `restart-workload ${action.target.namespace}/${action.target.name} (${action.kind})`
    case 'point-tag':
    case 'point-tag-service':
      return `${action.do} ${action.target.name} ${action.revision}`
    case 'redirect-injector':
    case 'deactivate-injector':
      return `${action.do} ${action.target.name} ${action.service}`
    case 'apply-default-tag':
      return `apply-default-tag ${action.revision}${action.staged ? ' (staged)' : ''}`
    case 'point-validator':
      return `point-validator ${action.target.name} ${action.service}`
    case 'put-back':
      return `put-back ${nameOf(action.body)}`
    case 'delete-object':
    case 'give-back':
      return `${action.do} ${action.object.kind} ${action.object.namespace ? `${action.object.namespace}/` : ''}${action.object.name}`
  }
}

function nameOf(body: Body): string {
  const { kind, metadata } = body as { kind?: string; metadata?: { name?: string } }
  return `${kind} ${metadata?.name}`
}
