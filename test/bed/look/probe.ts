// Who would inject a pod made right now? Asked with a dry-run pod: the whole admission chain runs, nothing is stored.
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from '../cluster.ts'
import { messageOf } from '../cluster.ts'
import { stopwatch } from '../time.ts'

export type Injection =
  | {
      readonly kind: 'injected'
      /** Annotation istio.io/rev: `default` for an un-revisioned control plane. */
      readonly revision: string
      /** `native`: an init container that stays; `ordinary`: an ordinary container. */
      readonly proxy: 'native' | 'ordinary'
      readonly imageTag: string
      /** Where the proxy looks for its control plane, e.g. istiod-1-31.istio-system.svc:15012. */
      readonly discovery: string
      /** Two injectors had their hands on it: names of one kind twice, or annotations, image and address that disagree. */
      readonly double: boolean
    }
  | { readonly kind: 'bare' }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }

interface Env {
  readonly name: string
  readonly value?: string
}

interface Container {
  readonly name: string
  readonly image: string
  readonly env?: readonly Env[]
}

/** Of a real pod or of a dry-run one: what readers of injection look at. */
export interface PodBody {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: {
    readonly containers: readonly Container[]
    readonly initContainers?: readonly Container[]
    readonly volumes?: readonly { readonly name: string }[]
  }
}

export function readInjection({ metadata, spec }: PodBody): Injection {
  const revision = metadata.annotations?.['istio.io/rev']
  const inits = spec.initContainers ?? []
  const native = inits.filter(({ name }) => name === 'istio-proxy')
  const ordinary = spec.containers.filter(({ name }) => name === 'istio-proxy')
  const proxy = native[0] ?? ordinary[0]
  if (proxy === undefined) return { kind: 'bare' }
  const env = (name: string): string | undefined => proxy.env?.find((entry) => entry.name === name)?.value
  const config = JSON.parse(env('PROXY_CONFIG') ?? '{}') as { readonly discoveryAddress?: string }
  const discovery = config.discoveryAddress ?? env('CA_ADDR') ?? ''
  const status = JSON.parse(metadata.annotations?.['sidecar.istio.io/status'] ?? '{}') as { readonly revision?: string }
  const wanted = revision === undefined || revision === 'default' ? 'istiod.' : `istiod-${revision}.`
  return {
    kind: 'injected',
    revision: revision ?? '',
    proxy: native.length > 0 ? 'native' : 'ordinary',
    imageTag: proxy.image.slice(proxy.image.lastIndexOf(':') + 1),
    discovery,
    double:
      native.length + ordinary.length !== 1 ||
      hasTwice(spec.containers) ||
      hasTwice(inits) ||
      hasTwice(spec.volumes ?? []) ||
      status.revision !== revision ||
      !discovery.startsWith(wanted) ||
      (env('CA_ADDR') ?? discovery) !== discovery,
  }
}

function hasTwice(named: readonly { readonly name: string }[]): boolean {
  return new Set(named.map(({ name }) => name)).size !== named.length
}

export async function probePod(
  cluster: Cluster,
  namespace: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<Injection> {
  return ask(cluster, namespace, {
    metadata: { generateName: 'probe-', labels },
    spec: { containers: [{ name: 'app', image: 'testbed.local/app:1' }] },
  })
}

/** As `probePod` for a pod that asks to become a gateway. */
async function probeGateway(cluster: Cluster, namespace: string): Promise<Injection> {
  return ask(cluster, namespace, {
    metadata: {
      generateName: 'probe-',
      labels: { 'sidecar.istio.io/inject': 'true' },
      annotations: { 'inject.istio.io/templates': 'gateway' },
    },
    spec: { containers: [{ name: 'istio-proxy', image: 'auto' }] },
  })
}

async function ask(cluster: Cluster, namespace: string, pod: unknown): Promise<Injection> {
  const answer = await cluster.ask('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod)
  if (answer.status >= 300) return { kind: 'refused', status: answer.status, message: messageOf(answer) }
  return readInjection(answer.body as PodBody)
}

/** One word or a few for a log line, equal for equal outcomes. */
export function describe(injection: Injection): string {
  switch (injection.kind) {
    case 'injected': {
      const { revision, proxy, imageTag, discovery, double } = injection
      return `${revision} ${proxy} ${imageTag} @${discovery.split('.')[0]}${double ? ' DOUBLE' : ''}`
    }
    case 'bare':
      return 'no sidecar'
    case 'refused':
      return `refused ${injection.status}: ${injection.message.replaceAll(/probe-\w+/g, 'probe-x')}`
  }
}

export interface Tally {
  /** Namespace -> outcome in words -> how often, and when first and last in ms since the loop began. */
  readonly seen: Readonly<
    Record<string, Readonly<Record<string, { readonly count: number; readonly first: number; readonly last: number }>>>
  >
  readonly count: number
  /** Everything that no pod may ever meet, a sidecar outside the mesh included: one line each. */
  readonly harm: readonly string[]
}

export interface ProbeLoop {
  stop(): Promise<Tally>
}

/** What pods of a namespace are: in the mesh, gateways of it, or outside. */
export type Kind = 'meshed' | 'gateway' | 'plain'

/** Makes dry-run pods in every namespace, one after the other and `everyMs` apart, until stopped; outside the mesh fewer. */
export function keepProbing(
  cluster: Cluster,
  namespaces: Readonly<Record<string, Kind>>,
  everyMs: number,
  signal: AbortSignal,
): ProbeLoop {
  const elapsed = stopwatch()
  const stopped = new AbortController()
  const seen: Record<string, Record<string, { count: number; first: number; last: number }>> = {}
  const harm = new Set<string>()
  let count = 0
  const watch = async (namespace: string, kind: Kind): Promise<void> => {
    const own = (seen[namespace] = {} as Record<string, { count: number; first: number; last: number }>)
    while (!stopped.signal.aborted && !signal.aborted) {
      const at = elapsed()
      const injection = await (kind === 'gateway' ? probeGateway : probePod)(cluster, namespace)
      const words = describe(injection)
      const entry = (own[words] ??= { count: 0, first: at, last: at })
      entry.count += 1
      entry.last = at
      count += 1
      if (injection.kind !== (kind === 'plain' ? 'bare' : 'injected')) harm.add(`${namespace}: ${words}`)
      const rest = (kind === 'plain' ? 10 : 1) * everyMs - (elapsed() - at)
      if (rest > 0) await delay(rest, undefined, { signal: stopped.signal }).catch(() => {})
    }
  }
  const loops = Promise.all(Object.entries(namespaces).map(([namespace, kind]) => watch(namespace, kind)))
  loops.catch(() => {}) // told when stopped
  return {
    async stop() {
      stopped.abort()
      await loops
      return { seen, count, harm: [...harm] }
    },
  }
}
