// One istiod pod as a plain process: the chart's own arguments and environment, with the pod's address instead of all.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { get as httpGet } from 'node:http'
import { join } from 'node:path'
import type { Cluster, KubeObject } from '../cluster.ts'
import { apiServer, kubeconfig } from '../control/pki.ts'
import { bareEnvironment } from '../settings.ts'

export interface Container {
  readonly name: string
  readonly image: string
  readonly args?: readonly string[]
  readonly env?: readonly {
    readonly name: string
    readonly value?: string
    readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } }
  }[]
}

export type IstiodPod = KubeObject<{
  readonly spec: {
    readonly nodeName: string
    readonly serviceAccountName: string
    readonly containers: readonly [Container]
  }
}>

export interface Home {
  /** The pod's own folder: its kubeconfig and log. */
  readonly folder: string
  readonly address: string
  readonly ca: Buffer
  /** Image tag -> pilot-discovery. */
  readonly programs: Readonly<Record<string, string>>
}

/** A token bound to the pod, as a kubelet would mount it: it dies with the pod. */
export async function writeKubeconfig(cluster: Cluster, pod: IstiodPod, home: Home): Promise<void> {
  const { name, namespace, uid } = pod.metadata
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/${pod.spec.serviceAccountName}`
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
  const answer = await cluster.create<{ readonly status: { readonly token: string } }>(`${account}/token`, {
    spec: { expirationSeconds: 86_400, boundObjectRef },
  })
  mkdirSync(home.folder, { recursive: true })
  const text = kubeconfig({ server: apiServer, ca: home.ca, userName: 'istiod', user: { token: answer.status.token } })
  writeFileSync(join(home.folder, 'kubeconfig'), text, { mode: 0o600 })
}

export function startIstiod(pod: IstiodPod, home: Home): ChildProcess {
  const [container] = pod.spec.containers
  const tag = container.image.slice(container.image.lastIndexOf(':') + 1)
  const program = home.programs[tag]
  if (program === undefined) throw new Error(`no pilot-discovery for the image ${container.image}`)
  const at = (flag: string, port: number): string => `--${flag}=${home.address}:${port}`
  const args = [
    ...(container.args ?? []),
    `--kubeconfig=${join(home.folder, 'kubeconfig')}`, // a container would find its token mounted
    // Several istiods share one network here, so each listens on its pod's address only.
    at('httpAddr', 8080),
    at('monitoringAddr', 15014),
    at('grpcAddr', 15010),
    at('secureGRPCAddr', 15012),
    at('httpsAddr', 15017),
    `--ctrlz_address=${home.address}`,
  ]
  const log = openSync(join(home.folder, 'log'), 'a')
  // In its own folder, where the files that a pod would have mounted are missing: istiod then reads the ConfigMaps.
  const child = spawn(program, args, { cwd: home.folder, env: environmentOf(pod, home), stdio: ['ignore', log, log] })
  closeSync(log)
  return child
}

function environmentOf(pod: IstiodPod, home: Home): Record<string, string> {
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'spec.serviceAccountName': pod.spec.serviceAccountName,
    'spec.nodeName': pod.spec.nodeName,
    'status.podIP': home.address,
  }
  const env = bareEnvironment({ HOME: home.folder })
  for (const { name, value, valueFrom } of pod.spec.containers[0].env ?? [])
    env[name] = value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ''] ?? ''
  delete env['GOMEMLIMIT'] // of the container's limits, which a process has not
  env['GOMAXPROCS'] = '1' // two istiods on two cores must leave room for the API server
  return env
}

/** Answers the chart's readiness probe. */
export function answersReady(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = httpGet({ host: address, port: 8080, path: '/ready', timeout: 900 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(false))
  })
}
