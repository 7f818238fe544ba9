/** Facts of a healthy mesh, small enough to change one thing and see what that does. */

import type {
  BatchFact,
  BudgetFact,
  ClusterFact,
  ControlPlaneFact,
  Injection,
  Labels,
  MeshConfigFact,
  NamespaceFact,
  Observation,
  Parts,
  PodFact,
  ReleaseFact,
  WorkloadFact,
} from '../mesh.ts'
import { istioNamespace } from '../mesh.ts'
import type { ControlPlaneRef } from '../record.ts'
import { defaultValidatorOf, injector, revisionValidator, tag, tagService } from './webhooks.ts'

const hour = 3_600_000
/** When the quiet mesh is looked at. */
export const noon = 100 * hour

export const east = 'east'

/** The un-revisioned control plane that upgrades start from, and the one they go to. */
export const oldPlane: ControlPlaneRef = {
  revision: 'default',
  version: '1.30.0',
  release: 'istiod',
  service: 'istiod',
}
export const newPlane: ControlPlaneRef = {
  revision: '1-31-0',
  version: '1.31.0',
  release: 'istiod-1-31-0',
  service: 'istiod-1-31-0',
}
/** A revisioned one to start from. */
export const oldRevision: ControlPlaneRef = {
  revision: '1-30-0',
  version: '1.30.0',
  release: 'istiod-1-30-0',
  service: 'istiod-1-30-0',
}

/** `shop/cart` gives namespace and name. */
function placed(at: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = at.split('/')
  return { namespace, name }
}

const seen = (kind: string, name: string) => ({
  cluster: east,
  name,
  uid: `uid-${kind}-${name.replace('/', '-')}`,
  resourceVersion: '1',
})

export function clusterFact(change: Partial<ClusterFact> = {}): ClusterFact {
  return { cluster: east, reachable: true, version: '1.35.4', missing: [], ...change }
}

export function controlPlane(plane: ControlPlaneRef, change: Partial<ControlPlaneFact> = {}): ControlPlaneFact {
  return {
    ...seen('istiod', plane.service),
    ...plane,
    namespace: istioNamespace,
    wanted: 1,
    ready: 1,
    pods: 1,
    createdAt: noon - 90 * hour,
    ...change,
  }
}

export function meshConfig(plane: ControlPlaneRef, mesh?: string): MeshConfigFact {
  const rendered = `accessLogFile: /dev/stdout\ndefaultConfig:\n  discoveryAddress: ${plane.service}.${istioNamespace}.svc:15012\nrootNamespace: istio-system\ntrustDomain: cluster.local\n`
  return { cluster: east, revision: plane.revision, mesh: mesh ?? rendered }
}

export function release(
  name: string,
  chart: 'base' | 'istiod',
  chartVersion: string,
  change: Partial<ReleaseFact> = {},
): ReleaseFact {
  return {
    cluster: east,
    name,
    namespace: istioNamespace,
    chart,
    chartVersion,
    status: 'deployed',
    version: 1,
    lastDeployed: noon - 90 * hour,
    values: {},
    ...change,
  }
}

export function namespace(name: string, labels: Labels = {}, change: Partial<NamespaceFact> = {}): NamespaceFact {
  return {
    ...seen('namespace', name),
    labels: { 'kubernetes.io/metadata.name': name, ...labels },
    annotations: {},
    terminating: false,
    writers: Object.fromEntries(Object.keys(labels).map((label) => [label, 'kubectl-label'])),
    managers: ['kubectl-label'],
    ...change,
  }
}

/** A Deployment of two pods, rolled and ready. `shop/cart` is its namespace and name. */
export function workload(at: string, change: Partial<WorkloadFact> = {}): WorkloadFact {
  const { name } = placed(at)
  const replicas = change.replicas ?? 2
  return {
    ...seen('workload', at),
    ...placed(at),
    kind: 'Deployment',
    replicas,
    updated: replicas,
    ready: replicas,
    total: replicas,
    observed: true,
    paused: false,
    strategy: 'RollingUpdate',
    partition: 0,
    selector: { app: name },
    podLabels: { app: name },
    podAnnotations: {},
    hasReadinessProbe: true,
    hostNetwork: false,
    managers: ['kubectl-client-side-apply'],
    ...change,
  }
}

/** A classic gateway: a Deployment that the injector turns into a proxy. Its readiness probe is the injector's too. */
export function gateway(at: string, change: Partial<WorkloadFact> = {}): WorkloadFact {
  const podLabels = { istio: placed(at).name, 'sidecar.istio.io/inject': 'true' }
  const podAnnotations = { 'inject.istio.io/templates': 'gateway' }
  return workload(at, { podLabels, podAnnotations, hasReadinessProbe: false, ...change })
}

/** What a pod injected by this control plane looks like. */
export function injectedAs(plane: ControlPlaneRef): Injection {
  return {
    revision: plane.revision,
    image: `docker.io/istio/proxyv2:${plane.version}`,
    discovery: `${plane.service}.${istioNamespace}.svc:15012`,
    native: true,
    proxies: 1,
  }
}

export function pod(at: string, change: Partial<PodFact> = {}): PodFact {
  return {
    ...seen('pod', at),
    ...placed(at),
    labels: {},
    annotations: {},
    phase: 'Running',
    ready: true,
    terminating: false,
    createdAt: noon - hour,
    hostNetwork: false,
    ...change,
  }
}

/** As many pods as the workload has replicas; without `injection` they have no sidecar. */
export function podsOf(owner: WorkloadFact, injection?: Injection, change: Partial<PodFact> = {}): readonly PodFact[] {
  return Array.from({ length: owner.replicas }, (_, index) =>
    pod(`${owner.namespace}/${owner.name}-${index}`, {
      labels: owner.podLabels,
      annotations: owner.podAnnotations,
      owner: { kind: owner.kind, name: owner.name },
      ...(injection && { injection }),
      ...change,
    }),
  )
}

export function batch(kind: BatchFact['kind'], at: string, change: Partial<BatchFact> = {}): BatchFact {
  return { ...seen('batch', at), ...placed(at), kind, active: true, podLabels: { job: placed(at).name }, ...change }
}

export function budget(at: string, change: Partial<BudgetFact> = {}): BudgetFact {
  const selector = { matchLabels: { app: placed(at).name } }
  return { ...seen('budget', at), ...placed(at), selector, disruptionsAllowed: 1, ...change }
}

/** What the old control plane injects in the quiet mesh. */
const meshed: readonly WorkloadFact[] = [
  workload('shop/web'),
  workload('shop/api'),
  workload('shop/db', { kind: 'StatefulSet' }),
  workload('pay/web'),
  workload('desk/web'),
  gateway('istio-ingress/edge'),
]

/** What no mesh ever touches, with everything about it that would be warned of inside a mesh. */
const legacy = workload('plain/legacy', { replicas: 1, hasReadinessProbe: false, strategy: 'OnDelete', paused: true })

/**
 * One control plane in use by a namespace each of every way to ask for it, a gateway, and an app outside the mesh.
 * `change` replaces whole parts. With `from` revisioned, what asked for the default asks for the revision.
 */
export function quietMesh(change: Partial<Parts> = {}, from: ControlPlaneRef = oldPlane): Observation {
  const unrevisioned = from.revision === 'default'
  const asks: Labels = { 'istio.io/rev': from.revision }
  const injection = injectedAs(from)
  return {
    at: noon,
    clusters: [clusterFact()],
    controlPlanes: [controlPlane(from)],
    meshConfigs: [meshConfig(from)],
    releases: [
      release('istio-base', 'base', from.version, { values: unrevisioned ? {} : { defaultRevision: from.revision } }),
      release(from.release, 'istiod', from.version, {
        values: {
          ...(!unrevisioned && { revision: from.revision }),
          revisionTags: ['prod'],
          global: { tag: from.version },
        },
      }),
    ],
    webhooks: [injector(from), tag('prod', from), revisionValidator(from), defaultValidatorOf(from)],
    tagServices: [tagService('prod', from)],
    namespaces: [
      namespace('default'),
      namespace(istioNamespace),
      namespace('shop', unrevisioned ? { 'istio-injection': 'enabled' } : asks),
      namespace('pay', asks),
      namespace('desk', { 'istio.io/rev': 'prod' }),
      namespace('istio-ingress', unrevisioned ? {} : asks),
      namespace('plain'),
      namespace('closed', { 'istio-injection': 'disabled' }),
    ],
    workloads: [
      ...meshed,
      legacy,
      workload(`${istioNamespace}/${from.service}`, {
        replicas: 1,
        podLabels: { app: 'istiod', 'sidecar.istio.io/inject': 'false' },
      }),
    ],
    pods: [
      ...meshed.flatMap((owner) => podsOf(owner, injection)),
      ...podsOf(legacy),
      pod(`${istioNamespace}/${from.service}-0`, {
        labels: { app: 'istiod' },
        owner: { kind: 'Deployment', name: from.service },
      }),
      // A Job that is done, though its pod had a sidecar.
      pod('shop/import-0', { owner: { kind: 'Job', name: 'import' }, phase: 'Succeeded', ready: false, injection }),
    ],
    batch: [
      batch('Job', 'shop/import', { active: false }),
      batch('CronJob', 'shop/outside', { podLabels: { 'sidecar.istio.io/inject': 'false' } }),
      batch('CronJob', 'plain/report'),
    ],
    // The istiod chart's own budget has no room where there is one istiod.
    budgets: [
      budget(`${istioNamespace}/${from.service}`, {
        selector: { matchLabels: { app: 'istiod' } },
        disruptionsAllowed: 0,
      }),
      budget('shop/web'),
    ],
    unsupported: [],
    pinned: [],
    roots: [istioNamespace, 'shop', 'pay', 'desk', 'istio-ingress'].map((place) => ({
      cluster: east,
      about: `${place}/istio-ca-root-cert`,
      fingerprint: 'aa11',
    })),
    snapshots: [],
    ...change,
  }
}
