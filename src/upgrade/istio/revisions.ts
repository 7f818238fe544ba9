/** Names that follow from a revision. A revision is a DNS-1123 label, so `1-31-0`, never dots; its name is never reused. */

import type { ControlPlaneRef } from '../record.ts'
import type { Labels } from '../mesh.ts'

/** Revision of a version: dots become dashes (asm-api 2.4), `1.31.0` gives `1-31-0`. */
export function controlPlaneFor(version: string): ControlPlaneRef {
  const revision = version.replaceAll('.', '-')
  return { revision, version, release: `istiod-${revision}`, service: `istiod-${revision}` }
}

/** What the Service of a tag selects (Istio 1.28 and newer). */
export function tagServiceSelector(revision: string): Labels {
  return revision === 'default' ? { app: 'istiod', istio: 'pilot' } : { app: 'istiod', 'istio.io/rev': revision }
}

export const defaultTag = 'istio-revision-tag-default'
export const defaultValidator = 'istiod-default-validator'

/** `istio-sidecar-injector` for an un-revisioned control plane. */
export function injectorName(revision: string): string {
  return revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${revision}`
}

/** The per-revision validator; it only looks at objects labelled with that revision. */
export function validatorName(revision: string, namespace: string): string {
  return revision === 'default' ? `istio-validator-${namespace}` : `istio-validator-${revision}-${namespace}`
}

/** Before anything was seen. */
export const unknownControlPlane: ControlPlaneRef = { revision: '', version: '', release: '', service: '' }
