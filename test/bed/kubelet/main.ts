// The process kubelet: owns node `proc-0` and runs the istiod pods on it as plain processes. Everything else about those
// pods is real: Deployment, Service, endpoint slices, webhooks. Runs as a program of its own, beside the API server.
// Arguments: one JSON document, see KubeletSettings.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import { connect } from '../cluster.ts'
import type { Cluster } from '../cluster.ts'
import { bridge, nodeAddress, podAddress } from '../control/network.ts'
import { nodeInfo } from '../control/node-info.ts'
import { mustRun } from '../run-program.ts'
import { say } from '../say.ts'
import { nowForKubernetes } from '../time.ts'
import { readFaults } from './faults.ts'
import type { Fault, Faults } from './faults.ts'
import { answersReady, startIstiod, writeKubeconfig } from './istiod-process.ts'
import type { Home, IstiodPod } from './istiod-process.ts'

export interface KubeletSettings {
  readonly pki: string
  readonly pods: string
  readonly faults: string
  /** Image tag -> pilot-discovery. */
  readonly programs: Readonly<Record<string, string>>
}

const node = 'proc-0'
const lookEvery = 250

interface RunningPod {
  readonly pod: IstiodPod
  readonly home: Home
  readonly seenAt: number
  child: ChildProcess | undefined
  /** Not to be started before this moment of the monotonic clock: back-off after a crash. */
  notBefore: number
  restarts: number
  /** What the API server was told last, so that it is told only news. */
  told: string
  killAt: number
}

export async function runKubelet(settings: KubeletSettings, signal: AbortSignal): Promise<void> {
  const cluster = connect({ pki: settings.pki, as: 'process-kubelet', signal })
  const ca = readFileSync(join(settings.pki, 'ca.crt'))
  const running = new Map<string, RunningPod>()
  let handedOut = 0
  await makeNode(cluster)
  let heartbeatAt = 0

  const adopt = async (pod: IstiodPod): Promise<void> => {
    const home = {
      folder: join(settings.pods, pod.metadata.name),
      address: podAddress(handedOut++),
      ca,
      programs: settings.programs,
    }
    await mustRun(['ip', 'addr', 'add', `${home.address}/32`, 'dev', bridge], { signal })
    await writeKubeconfig(cluster, pod, home)
    const seenAt = performance.now()
    running.set(pod.metadata.uid, {
      pod,
      home,
      seenAt,
      child: undefined,
      notBefore: 0,
      restarts: 0,
      told: '',
      killAt: 0,
    })
    say(`${pod.metadata.name} ${home.address} ${pod.spec.containers[0].image}`)
  }

  const forget = async (uid: string, entry: RunningPod): Promise<void> => {
    running.delete(uid)
    entry.child?.kill('SIGKILL')
    await mustRun(['ip', 'addr', 'del', `${entry.home.address}/32`, 'dev', bridge], { signal })
    say(`${entry.pod.metadata.name} gone`)
  }

  const round = async (): Promise<void> => {
    if (performance.now() > heartbeatAt) {
      await heartbeat(cluster)
      heartbeatAt = performance.now() + 10_000
    }
    const faults = readFaults(settings.faults)
    const pods = await cluster.list<IstiodPod>(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`)
    for (const pod of pods) {
      const entry = running.get(pod.metadata.uid)
      if (pod.metadata.deletionTimestamp !== undefined) await letGo(cluster, pod, entry)
      else if (entry === undefined) await adopt(pod)
      else await keep(cluster, entry, faultOf(pod, faults))
    }
    for (const [uid, entry] of running) if (!pods.some((pod) => pod.metadata.uid === uid)) await forget(uid, entry)
  }

  while (!signal.aborted) {
    // A hiccup of the API server must not end the node; the next round sees what is left to do.
    await round().catch((error: unknown) => say(error instanceof Error ? error.message : String(error)))
    await delay(lookEvery, undefined, { signal })
  }
}

function faultOf(pod: IstiodPod, faults: Faults): Fault | undefined {
  return faults[pod.metadata.labels?.['istio.io/rev'] ?? 'default']
}

/** Start, kill or leave the process alone, and tell the API server what changed. */
async function keep(cluster: Cluster, entry: RunningPod, fault: Fault | undefined): Promise<void> {
  const now = performance.now()
  const lateStart = fault?.kind === 'slow-start' ? entry.seenAt + fault.seconds * 1000 : 0
  if (fault?.kind === 'dead') {
    entry.child?.kill('SIGKILL')
    entry.notBefore = 0 // back at once when the fault is lifted
  } else if (entry.child === undefined && now >= Math.max(entry.notBefore, lateStart)) start(entry)
  const ready = entry.child !== undefined && fault?.kind !== 'never-ready' && (await answersReady(entry.home.address))
  const news = `${ready}/${entry.child !== undefined}/${entry.restarts}`
  if (news === entry.told) return
  await tellStatus(cluster, entry, ready)
  entry.told = news
  say(`${entry.pod.metadata.name} ${ready ? 'ready' : 'not ready'}, ${entry.restarts} restarts`)
}

function start(entry: RunningPod): void {
  const child = startIstiod(entry.pod, entry.home)
  entry.child = child
  const ended = (why: string): void => {
    if (entry.child !== child) return
    entry.child = undefined
    entry.restarts += 1
    entry.notBefore = performance.now() + Math.min(1000 * 2 ** entry.restarts, 8_000)
    say(`${entry.pod.metadata.name} ended: ${why}`)
  }
  child.on('exit', (code, killedBy) => ended(String(code ?? killedBy)))
  child.on('error', (error) => ended(error.message))
}

/** A pod that is being deleted: ask its process to end, insist after the grace period, then let the object go. */
async function letGo(cluster: Cluster, pod: IstiodPod, entry: RunningPod | undefined): Promise<void> {
  if (entry?.child !== undefined) {
    const now = performance.now()
    if (entry.killAt === 0) {
      entry.killAt = now + 1000 * (pod.metadata.deletionGracePeriodSeconds ?? 30)
      entry.child.kill('SIGTERM')
      await tellStatus(cluster, entry, false)
    }
    if (now > entry.killAt) entry.child.kill('SIGKILL')
    return
  }
  await cluster.remove(`${pathOf(pod)}?gracePeriodSeconds=0`)
}

function pathOf(pod: IstiodPod): string {
  return `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`
}

async function tellStatus(cluster: Cluster, { pod, home, child, restarts }: RunningPod, ready: boolean): Promise<void> {
  const at = nowForKubernetes()
  const condition = (type: string, holds: boolean): unknown => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime: at,
  })
  const [{ name, image }] = pod.spec.containers
  const state = child === undefined ? { waiting: { reason: 'CrashLoopBackOff' } } : { running: { startedAt: at } }
  const status = {
    phase: 'Running',
    podIP: home.address,
    podIPs: [{ ip: home.address }],
    hostIP: nodeAddress,
    hostIPs: [{ ip: nodeAddress }],
    conditions: [
      condition('PodReadyToStartContainers', true),
      condition('Initialized', true),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: [
      { name, image, imageID: '', ready, started: child !== undefined, restartCount: restarts, state },
    ],
  }
  await cluster.patch(`${pathOf(pod)}/status`, { status }, 'strategic')
}

async function makeNode(cluster: Cluster): Promise<void> {
  const labels = { 'kubernetes.io/hostname': node, 'kubernetes.io/os': 'linux', 'bed/kind': 'process' }
  // Only pods that ask for it may land here: app pods have no program to run.
  const taints = [{ key: 'bed/process', effect: 'NoSchedule' }]
  await cluster.create('/api/v1/nodes', { metadata: { name: node, labels }, spec: { taints } })
}

async function heartbeat(cluster: Cluster): Promise<void> {
  const at = nowForKubernetes()
  const room = { cpu: '16', memory: '64Gi', pods: '110' }
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'ProcessKubelet',
    message: '',
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  }
  const addresses = [{ type: 'InternalIP', address: nodeAddress }]
  const status = { nodeInfo, capacity: room, allocatable: room, addresses, conditions: [ready] }
  await cluster.patch(`/api/v1/nodes/${node}/status`, { status }, 'strategic')
}

await runKubelet(JSON.parse(process.argv[2] ?? '') as KubeletSettings, new AbortController().signal)
