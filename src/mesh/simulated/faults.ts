/** How slow the simulated world is and what goes wrong in it. Data: the same faults and seed give the same story. */

import type { Labels } from '../../upgrade/mesh.ts'

/** Times are milliseconds; windows count from the moment the world was made. */
export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

export interface Faults {
  /** From the creation of an application's pod to `Ready`. */
  readonly podReadyMs: number
  /** From the deletion of a pod until it is gone. */
  readonly podGoneMs: number
  readonly istiodReadyMs: number
  /** How long controllers take to react to a change. */
  readonly controllerMs: number
  /** How long istiod takes to fill a caBundle (0.05 s seen). */
  readonly caBundleMs: number
  /** How long helm works on an install before the first object of the chart is made. */
  readonly helmMs: number
  /** Revisions whose istiod never gets ready. */
  readonly neverReady: readonly string[]
  /** Revisions whose istiods are dead for a while. */
  readonly dead: readonly (Window & { readonly revision: string })[]
  /** A pod is always in flight when the labels of a namespace change, and is injected by both revisions where their order allows it. */
  readonly doubleInjection: boolean
  /** For how long after a change of a namespace's labels its pods are still injected by the old ones. */
  readonly namespaceCacheLagMs: number
  /** When the API server does not answer. */
  readonly unavailable: readonly Window[]
  /** Helm is killed after so many objects of the next install; spent when it happens. */
  readonly helmKilledAfter?: number
  /** Why the next pulls of a chart fail, if they do. */
  readonly chartTrouble?: string
  readonly helmMissing: boolean
  /** What the program may not do. */
  readonly forbidden: readonly { readonly verb: string; readonly plural: string }[]
  /** Pods with these labels never get ready: a workload that does not survive its restart. */
  readonly podsNeverReady: readonly Labels[]
}

export const noFaults: Faults = {
  podReadyMs: 800,
  podGoneMs: 600,
  istiodReadyMs: 1500,
  controllerMs: 20,
  caBundleMs: 50,
  helmMs: 400,
  neverReady: [],
  dead: [],
  doubleInjection: false,
  namespaceCacheLagMs: 0,
  unavailable: [],
  helmMissing: false,
  forbidden: [],
  podsNeverReady: [],
}

export function within(windows: readonly Window[], sinceBeganMs: number): boolean {
  return windows.some((each) => each.fromMs <= sinceBeganMs && sinceBeganMs < each.toMs)
}
