// etcd, the API server, the controllers, the scheduler and KWOK: real programs with the smallest set of flags.
import { join } from 'node:path'
import type { Installed } from '../build.ts'
import type { Cluster } from '../cluster.ts'
import { bedFolder } from '../settings.ts'
import { until } from '../time.ts'
import { fakePodRange, nodeAddress, serviceRange } from './network.ts'
import { nodeInfo } from './node-info.ts'
import type { Processes } from './processes.ts'

export interface ControlPlane {
  readonly installed: Installed
  readonly processes: Processes
  readonly cluster: Cluster
  /** Folder of keys and kubeconfigs. */
  readonly pki: string
  /** Folder for etcd's data and the audit log. */
  readonly state: string
  readonly signal: AbortSignal
}

export const auditLog = (state: string): string => join(state, 'audit.log')

function startEtcd({ installed, processes, state }: ControlPlane): void {
  const client = 'http://127.0.0.1:2379'
  const peer = 'http://127.0.0.1:2380'
  processes.start('etcd', [
    join(installed.etcd, 'etcd'),
    '--name=bed',
    `--data-dir=${join(state, 'etcd')}`,
    '--unsafe-no-fsync', // the data dies with the bed: waiting for the disk would buy nothing
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=bed=${peer}`,
    '--log-level=warn',
  ])
}

function startApiServer({ installed, processes, pki, state }: ControlPlane): void {
  const key = (name: string): string => join(pki, name)
  processes.start('kube-apiserver', [
    join(installed.kube, 'kube-apiserver'),
    '--etcd-servers=http://127.0.0.1:2379',
    '--secure-port=6443',
    '--bind-address=0.0.0.0', // of the private namespace; istiods reach it at the node's address too
    `--advertise-address=${nodeAddress}`, // becomes the endpoint of Service kubernetes
    `--service-cluster-ip-range=${serviceRange}`,
    '--authorization-mode=Node,RBAC', // the program under test runs with its published roles, so these must count
    '--allow-privileged=true', // istio-init asks for capabilities
    // There is no kube-proxy: with this the API server calls webhooks at the endpoints' addresses, so that
    // `service: {name: istiod, ...}` in a webhook works as it stands.
    '--enable-aggregator-routing=true',
    `--client-ca-file=${key('ca.crt')}`,
    `--tls-cert-file=${key('apiserver.crt')}`,
    `--tls-private-key-file=${key('apiserver.key')}`,
    // Service account tokens: istiod's own and those of the program under test.
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${key('sa.pub')}`,
    `--service-account-signing-key-file=${key('sa.key')}`,
    // The aggregation layer insists on these even though nothing is aggregated.
    `--requestheader-client-ca-file=${key('ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${key('front-proxy.crt')}`,
    `--proxy-client-key-file=${key('front-proxy.key')}`,
    // One line of JSON a request; the log is never rotated, because stories read it from its beginning.
    `--audit-policy-file=${join(bedFolder, 'control', 'audit-policy.yaml')}`,
    `--audit-log-path=${auditLog(state)}`,
    '--audit-log-maxsize=0',
  ])
}

function startControllers({ installed, processes, pki }: ControlPlane): void {
  const as = (name: string): readonly string[] => {
    const file = join(pki, `${name}.conf`)
    return [`--kubeconfig=${file}`, `--authentication-kubeconfig=${file}`, `--authorization-kubeconfig=${file}`]
  }
  processes.start('kube-controller-manager', [
    join(installed.kube, 'kube-controller-manager'),
    ...as('controller-manager'),
    '--leader-elect=false', // there is only one
    '--use-service-account-credentials', // each controller under its own name, so the audit log tells them apart
    `--service-account-private-key-file=${join(pki, 'sa.key')}`,
    `--root-ca-file=${join(pki, 'ca.crt')}`,
    '--allocate-node-cidrs=false',
    '--bind-address=127.0.0.1',
    // The default of 20 requests a second makes the start four seconds longer and rollouts slow.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ])
  processes.start('kube-scheduler', [
    join(installed.kube, 'kube-scheduler'),
    ...as('scheduler'),
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
  ])
}

function startKwok({ installed, processes, pki }: ControlPlane): void {
  processes.start('kwok', [
    join(installed.kwok, 'kwok'),
    `--kubeconfig=${join(pki, 'kwok.conf')}`,
    `--config=${join(bedFolder, 'control', 'kwok-stages.yaml')}`,
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake', // never the process kubelet's node
    `--cidr=${fakePodRange}`,
    `--node-ip=${nodeAddress}`,
    '--node-port=10247',
    '--node-lease-duration-seconds=40',
    `--tls-cert-file=${join(pki, 'kwok-server.crt')}`,
    `--tls-private-key-file=${join(pki, 'kwok-server.key')}`,
  ])
}

function fakeNode(name: string): unknown {
  const room = { cpu: '64', memory: '256Gi', pods: '500' }
  return {
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'bed/kind': 'fake',
      },
    },
    status: { nodeInfo, capacity: room, allocatable: room },
  }
}

interface Node {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

/** Starts everything and waits until pods could be made. About four seconds. */
export async function startControlPlane(parts: ControlPlane): Promise<void> {
  const { cluster, signal } = parts
  startEtcd(parts)
  startApiServer(parts)
  await until({ what: 'API server ready', within: 60_000, signal }, async () =>
    (await cluster.ask('GET', '/readyz')).body === 'ok' ? true : undefined,
  )
  startControllers(parts)
  startKwok(parts)
  for (const name of ['fake-0', 'fake-1']) await cluster.create('/api/v1/nodes', fakeNode(name))
  await until({ what: 'nodes ready', within: 30_000, signal }, async () => {
    const nodes = await cluster.list<Node>('/api/v1/nodes')
    const ready = nodes.filter((node) =>
      node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    )
    return ready.length === nodes.length ? true : undefined
  })
  await until({ what: 'service account default', within: 30_000, signal }, () =>
    cluster.find('/api/v1/namespaces/default/serviceaccounts/default'),
  )
}
