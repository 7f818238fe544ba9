// The meshes that stories start from: a control plane in use, its tags, and what runs on it.
import { hub } from './parts/parts.ts'
import type { IstioVersion } from './parts/parts.ts'

export type PairName = 'P' | 'Q' | 'R' | 'U'

export interface Pair {
  readonly name: PairName
  /** What makes it worth a story. */
  readonly about: string
  readonly from: {
    readonly version: IstioVersion
    /** Empty for an un-revisioned control plane. */
    readonly revision: string
    /** Helm release of istiod. */
    readonly release: string
    /** What Istio calls the revision on pods and webhooks: `default` when un-revisioned. */
    readonly label: string
    /** Service of istiod. */
    readonly service: string
  }
  readonly to: { readonly version: IstioVersion }
  /** Tag that the istiod release made through `revisionTags`. */
  readonly helmTag: string
  /** Tag that istioctl made, if any. */
  readonly istioctlTag?: string
  /** Namespace -> the labels by which its pods are injected. */
  readonly meshed: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Labels of the namespace of the gateway. */
  readonly ingress: Readonly<Record<string, string>>
}

export const istioNamespace = 'istio-system'
export const ingressNamespace = 'istio-ingress'
/** A namespace with an app and no mesh: nothing may ever change in it. */
export const plainNamespace = 'plain'

const unrevisioned = {
  revision: '',
  release: 'istiod',
  label: 'default',
  service: 'istiod',
} as const

const unrevisionedNamespaces = {
  shop: { 'istio-injection': 'enabled' },
  pay: { 'istio.io/rev': 'default' },
  desk: { 'istio.io/rev': 'prod' },
}

export const pairs: Readonly<Record<PairName, Pair>> = {
  P: {
    name: 'P',
    about: 'un-revisioned 1.30 to 1.31: a legal hop, equal code with two stamps',
    from: { version: '1.30.0', ...unrevisioned },
    to: { version: '1.31.0' },
    helmTag: 'prod',
    meshed: unrevisionedNamespaces,
    ingress: {},
  },
  Q: {
    name: 'Q',
    about: 'revisioned 1.22 to 1.31: really different code, the sidecar becomes a native one',
    from: { version: '1.22.0', revision: '1-22', release: 'istiod-1-22', label: '1-22', service: 'istiod-1-22' },
    to: { version: '1.31.0' },
    helmTag: 'fox',
    istioctlTag: 'wolf',
    meshed: {
      shop: { 'istio.io/rev': '1-22' },
      pay: { 'istio.io/rev': 'wolf' },
      desk: { 'istio.io/rev': 'fox' },
    },
    ingress: { 'istio.io/rev': '1-22' },
  },
  R: {
    name: 'R',
    about: 'revisioned 1.30 to 1.31: the calmest of them, nothing about it is worth a warning',
    from: { version: '1.30.0', revision: '1-30', release: 'istiod-1-30', label: '1-30', service: 'istiod-1-30' },
    to: { version: '1.31.0' },
    helmTag: 'fox',
    istioctlTag: 'wolf',
    meshed: {
      shop: { 'istio.io/rev': '1-30' },
      pay: { 'istio.io/rev': 'wolf' },
      desk: { 'istio.io/rev': 'fox' },
    },
    ingress: { 'istio.io/rev': '1-30' },
  },
  U: {
    name: 'U',
    about: 'un-revisioned 1.22 to 1.31: different code and no revision, the hardest mix',
    from: { version: '1.22.0', ...unrevisioned },
    to: { version: '1.31.0' },
    helmTag: 'prod',
    meshed: unrevisionedNamespaces,
    ingress: {},
  },
}

/** User values of an istiod release of the bed: what a user's values file would hold. */
export function istiodValues(pair: Pair): Readonly<Record<string, unknown>> {
  const small = { requests: { cpu: '10m', memory: '64Mi' } }
  return {
    revision: pair.from.revision,
    revisionTags: [pair.helmTag],
    global: { hub, tag: pair.from.version, proxy: { resources: small } },
    pilot: {
      resources: small,
      autoscaleEnabled: false, // one istiod a revision, so that "the istiod dies" means what it says
      nodeSelector: { 'bed/kind': 'process' }, // the node where programs really run
      tolerations: [{ key: 'bed/process', operator: 'Exists' }],
    },
    meshConfig: { accessLogFile: '/dev/stdout' }, // something of the user's own that an upgrade has to carry over
  }
}

export function baseValues(revision: string): Readonly<Record<string, unknown>> {
  return revision === '' ? {} : { defaultRevision: revision }
}
