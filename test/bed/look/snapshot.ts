// Everything of a cluster that an upgrade might change and a rollback must put back, in a form that can be compared.
import type { Cluster, KubeObject } from '../cluster.ts'
import { istioNamespace } from '../pairs.ts'
import { helmReleases } from './releases.ts'

type Tree = { readonly [key: string]: unknown }

/** Kind -> `namespace/name` -> what is compared of it. */
export type Snapshot = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const webhooks = '/apis/admissionregistration.k8s.io/v1'
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const inIstio = (group: string, kind: string): string => `${group}/namespaces/${istioNamespace}/${kind}`

/** What Kubernetes itself keeps writing; nobody can put it back and nobody has to. */
const bookkeeping = ['managedFields', 'resourceVersion', 'generation', 'creationTimestamp']

/** A new istiod makes these for all revisions; they serve the old one as well. */
const madeForAll = ['istio-ip-autoallocate', 'istio-ca-crl']

/** An election's holder changes whenever it likes. */
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader'

/** Restarting is the point of a rollback, so its stamps on pod templates stay. */
const isRestartStamp = (name: string): boolean =>
  name.startsWith('meshlift.io/') || name === 'kubectl.kubernetes.io/restartedAt'

export async function takeSnapshot(cluster: Cluster): Promise<Snapshot> {
  const all = async (path: string, keep: (object: KubeObject) => unknown): Promise<Record<string, unknown>> => {
    const objects = (await cluster.list<KubeObject>(path)).filter(counts)
    return Object.fromEntries(objects.map((object) => [nameOf(object), keep(object)]))
  }
  const releases = await helmReleases(cluster)
  return {
    namespaces: await all('/api/v1/namespaces', ({ metadata }) => ({
      labels: metadata.labels,
      annotations: metadata.annotations,
    })),
    injectors: await all(`${webhooks}/mutatingwebhookconfigurations`, body),
    // istiod raises a validator's failurePolicy by itself, so it says nothing about a rollback.
    validators: await all(`${webhooks}/validatingwebhookconfigurations`, (object) =>
      without(body(object), 'failurePolicy'),
    ),
    services: await all(inIstio('/api/v1', 'services'), body),
    'config maps': await all(inIstio('/api/v1', 'configmaps'), body),
    'service accounts': await all(inIstio('/api/v1', 'serviceaccounts'), presence),
    'cluster roles': await all(`${rbac}/clusterroles?labelSelector=app.kubernetes.io%2Fpart-of%3Distio`, body),
    'cluster role bindings': await all(
      `${rbac}/clusterrolebindings?labelSelector=app.kubernetes.io%2Fpart-of%3Distio`,
      body,
    ),
    roles: await all(inIstio(rbac, 'roles'), body),
    'role bindings': await all(inIstio(rbac, 'rolebindings'), body),
    'disruption budgets': await all(inIstio('/apis/policy/v1', 'poddisruptionbudgets'), presence),
    autoscalers: await all(inIstio('/apis/autoscaling/v2', 'horizontalpodautoscalers'), presence),
    deployments: await all('/apis/apps/v1/deployments', workload),
    'stateful sets': await all('/apis/apps/v1/statefulsets', workload),
    releases: Object.fromEntries(releases.map(({ name, revision, ...rest }) => [`${name} ${revision}`, rest])),
  }
}

/** Path and change, one line each; empty when nothing changed that counts. */
export function differences(before: unknown, after: unknown, path = ''): readonly string[] {
  if (isTree(before) && isTree(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted()
    return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path} > ${key}`))
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((entry, index) => differences(entry, after[index], `${path}[${index}]`))
  if (before === after || JSON.stringify(before) === JSON.stringify(after)) return []
  return [`${path}: ${brief(before)} -> ${brief(after)}`]
}

function counts({ metadata }: KubeObject): boolean {
  return (
    !madeForAll.includes(metadata.name) &&
    !(metadata.namespace === istioNamespace && metadata.name.startsWith('meshlift-'))
  )
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`
}

/** The whole object less bookkeeping, status and what an istiod fills in by itself. */
function body(object: KubeObject): unknown {
  const { status: _status, kind: _kind, apiVersion: _version, metadata, ...rest } = object as KubeObject<Tree>
  const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => !bookkeeping.includes(name)))
  return without({ metadata: kept, ...rest }, 'caBundle', leaderAnnotation)
}

function workload(object: KubeObject): unknown {
  const { spec } = object as KubeObject<{
    spec: Tree & { template: { metadata?: { annotations?: Record<string, string> } } }
  }>
  const annotations = Object.entries(spec.template.metadata?.annotations ?? {}).filter(
    ([name]) => !isRestartStamp(name),
  )
  const metadata = {
    ...spec.template.metadata,
    annotations: annotations.length === 0 ? undefined : Object.fromEntries(annotations),
  }
  return { uid: object.metadata.uid, spec: { ...spec, template: { ...spec.template, metadata } } }
}

function presence(object: KubeObject): unknown {
  return { uid: object.metadata.uid }
}

function without(value: unknown, ...names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => without(entry, ...names))
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !names.includes(name))
      .map(([name, entry]) => [name, without(entry, ...names)]),
  )
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function brief(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100)
}
