/** What the Istio versions known to the simulation do differently. */

/** The minor of `1.31.0`. */
export function minorOf(version: string): number {
  return Number(version.split('.')[1] ?? 0)
}

/** 1.22 to 1.31, any patch. */
export function isKnown(version: string): boolean {
  return /^1\.\d+\.\d+(-[\w.]+)?$/.test(version) && minorOf(version) >= 22 && minorOf(version) <= 31
}

/** Sidecars are init containers that stay, unless told otherwise (change of 1.27). */
export function nativeByDefault(version: string): boolean {
  return minorOf(version) >= 27
}

/** A tag has a Service beside its webhooks (1.28). */
export function tagsHaveServices(version: string): boolean {
  return minorOf(version) >= 28
}

/** CRDs are templates of the base chart and so part of its release (1.24); before they were installed outside of it (B7). */
export function crdsInRelease(version: string): boolean {
  return minorOf(version) >= 24
}

/** Charts label everything with Helm's and Kubernetes' recommended labels (1.24). */
export function recommendedLabels(version: string): boolean {
  return minorOf(version) >= 24
}
