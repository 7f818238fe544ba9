/** Everything the simulated world consists of, as data: it is saved and loaded whole. */

import type { Labels } from '../../upgrade/mesh.ts'
import type { Faults } from './faults.ts'
import type { Shelves } from './shelves.ts'

/** Kinds with a controller that looks at an object whenever something about it changed. */
export type Controlled = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job'

/** What happens later by itself. */
export type Due =
  | {
      readonly do: 'reconcile'
      readonly kind: Controlled
      readonly namespace: string
      readonly name: string
    }
  | { readonly do: 'pod-ready'; readonly namespace: string; readonly name: string; readonly uid: string }
  | { readonly do: 'pod-gone'; readonly namespace: string; readonly name: string; readonly uid: string }
  /** Once for each beginning of a window in which they are dead. */
  | { readonly do: 'probe-istiods'; readonly fromMs: number }
  | { readonly do: 'istiods-write' }
  | { readonly do: 'budgets'; readonly namespace: string }
  | { readonly do: 'autoscale'; readonly namespace: string; readonly name: string }
  | { readonly do: 'collect'; readonly owner: string }
  | { readonly do: 'evict-one'; readonly namespace: string }
  | { readonly do: 'namespace-gone'; readonly name: string }

/** One stored write, whoever made it; what an effect is counted by. Dry runs and status are none. */
export interface Write {
  readonly at: number
  /** Field manager: `meshlift`, `helm`, `pilot-discovery`, `kube-controller-manager`, a user's. */
  readonly by: string
  readonly verb: 'create' | 'update' | 'patch' | 'apply' | 'delete'
  readonly plural: string
  readonly namespace?: string
  readonly name: string
}

export interface WorldState {
  now: number
  readonly began: number
  readonly seed: number
  /** One counter for all objects, as etcd has it. */
  resourceVersion: number
  /** Makes uids. */
  serial: number
  /** State of the random numbers. */
  random: number
  readonly objects: Shelves
  /** In the order in which it happens. */
  due: readonly { readonly at: number; readonly key: string; readonly what: Due }[]
  /** Labels of a namespace before their newest change, and when that was. */
  readonly labelsBefore: Map<string, { readonly labels: Labels; readonly at: number }>
  /** How often in a row a controller was refused a pod, by uid of the owner. */
  readonly refusals: Map<string, number>
  faults: Faults
  readonly log: Write[]
}

export function schedule(state: WorldState, inMs: number, what: Due): void {
  const at = state.now + Math.max(0, inMs)
  const key = JSON.stringify(what)
  // The same thing twice is once, at the earlier time.
  if (state.due.some((each) => each.at <= at && each.key === key)) return
  const later = state.due.findIndex((each) => each.at > at)
  state.due = state.due.toSpliced(later === -1 ? state.due.length : later, 0, { at, key, what })
}

/** 0 <= n < 1, the next of the world's own sequence (mulberry32). */
function random(state: WorldState): number {
  state.random = (state.random + 0x6d2b79f5) | 0
  let mixed = Math.imul(state.random ^ (state.random >>> 15), 1 | state.random)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
}

/** As Kubernetes makes endings of names: without vowels and look-alikes. */
export function nameEnding(state: WorldState): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  return Array.from({ length: 5 }, () => letters[Math.floor(random(state) * letters.length)]).join('')
}

/** A duration that varies by a tenth around what is set. */
export function jittered(state: WorldState, ms: number): number {
  return Math.round(ms * (0.9 + 0.2 * random(state)))
}
