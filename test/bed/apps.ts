// What runs on the mesh: six Deployments and a StatefulSet in three namespaces, a gateway, and an app outside the mesh.
import type { Bed } from './bed.ts'
import type { KubeObject } from './cluster.ts'
import { ingressNamespace, plainNamespace } from './pairs.ts'
import type { Pair } from './pairs.ts'
import { until } from './time.ts'

export type WorkloadKind = 'deployments' | 'statefulsets'

export interface WorkloadName {
  readonly namespace: string
  readonly kind: WorkloadKind
  readonly name: string
}

export type Workload = KubeObject<{
  readonly spec: { readonly replicas: number; readonly template: unknown }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly readyReplicas?: number
    readonly updatedReplicas?: number
    readonly currentRevision?: string
    readonly updateRevision?: string
  }
}>

export function pathOf({ namespace, kind, name }: WorkloadName): string {
  return `/apis/apps/v1/namespaces/${namespace}/${kind}/${name}`
}

/** The meshed workloads of a pair, the gateway last. */
export function workloadsOf(pair: Pair): readonly WorkloadName[] {
  const namespaces = Object.keys(pair.meshed)
  return [
    ...namespaces.flatMap((namespace): WorkloadName[] => [
      { namespace, kind: 'deployments', name: 'web' },
      { namespace, kind: 'deployments', name: 'api' },
    ]),
    { namespace: namespaces[0] ?? '', kind: 'statefulsets', name: 'db' },
    { namespace: ingressNamespace, kind: 'deployments', name: 'edge' },
  ]
}

const plainApp: WorkloadName = { namespace: plainNamespace, kind: 'deployments', name: 'legacy' }

/** Two replicas, a readiness probe and no disruption budget: a mesh about which a check has nothing to say. */
function appSpec(name: string): unknown {
  return {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'app',
            image: 'testbed.local/app:1', // never pulled: KWOK only pretends
            ports: [{ containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
            resources: { requests: { cpu: '10m' } },
          },
        ],
      },
    },
  }
}

/** A classic gateway: a Deployment that the injector turns into a proxy. `image: auto` is the injector's to fill in. */
function gatewaySpec(): unknown {
  return {
    replicas: 2,
    selector: { matchLabels: { istio: 'edge' } },
    template: {
      metadata: {
        labels: { istio: 'edge', 'sidecar.istio.io/inject': 'true' },
        annotations: { 'inject.istio.io/templates': 'gateway' },
      },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'istio-proxy', image: 'auto' }] },
    },
  }
}

function specOf({ kind, name }: WorkloadName): unknown {
  if (name === 'edge') return gatewaySpec()
  const spec = appSpec(name)
  return kind === 'statefulsets' ? { serviceName: name, ...(spec as object) } : spec
}

function serviceFor({ namespace, name }: WorkloadName): unknown {
  const selector = namespace === ingressNamespace ? { istio: name } : { app: name }
  return { metadata: { name }, spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } }
}

/** Makes namespaces, apps and one Istio object, and waits until every pod is ready. */
export async function applyApps(bed: Bed, pair: Pair): Promise<void> {
  const { cluster, signal } = bed
  const namespaces = { ...pair.meshed, [ingressNamespace]: pair.ingress, [plainNamespace]: {} }
  for (const [name, labels] of Object.entries(namespaces))
    await cluster.create('/api/v1/namespaces', { metadata: { name, labels: { team: name, ...labels } } })
  for (const name of Object.keys(namespaces))
    await until({ what: `service account of ${name}`, within: 20_000, every: 30, signal }, () =>
      cluster.find(`/api/v1/namespaces/${name}/serviceaccounts/default`),
    )
  const all = [...workloadsOf(pair), plainApp]
  for (const workload of all) {
    const { namespace, kind, name } = workload
    await cluster.create(`/api/v1/namespaces/${namespace}/services`, serviceFor(workload))
    await cluster.create(`/apis/apps/v1/namespaces/${namespace}/${kind}`, {
      metadata: { name },
      spec: specOf(workload),
    })
  }
  for (const workload of all) await rolledOut(bed, workload)
  const route = { destination: { host: 'api.shop.svc.cluster.local' } }
  // v1beta1, because the CRDs of 1.22 have nothing newer.
  await cluster.create('/apis/networking.istio.io/v1beta1/namespaces/shop/virtualservices', {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'VirtualService',
    metadata: { name: 'api' },
    spec: { hosts: ['api.example.com'], http: [{ route: [route] }] },
  })
}

/** Waits until all replicas are of the newest template and ready, and none of an older one is left. */
export async function rolledOut(bed: Bed, workload: WorkloadName): Promise<void> {
  const what = `${workload.namespace}/${workload.name} rolled out`
  await until({ what, within: 60_000, signal: bed.signal }, async () =>
    isRolledOut(await bed.cluster.get<Workload>(pathOf(workload))) ? true : undefined,
  )
}

function isRolledOut({ metadata, spec, status }: Workload): boolean {
  return (
    status?.observedGeneration === metadata.generation &&
    status?.updatedReplicas === spec.replicas &&
    status.readyReplicas === spec.replicas &&
    status.replicas === spec.replicas &&
    status.currentRevision === status.updateRevision
  )
}
