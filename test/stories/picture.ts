/** The whole world as data that can be compared: of two ends of a story, or of the beginning and the end of one that went back. */

import { isRecord } from '../../src/lib/json.ts'
import type { KubeObject } from '../../src/mesh/cluster.ts'
import { injectionOf } from '../../src/mesh/observe/injection.ts'
import { contents } from '../../src/mesh/simulated/shelves.ts'
import type { World } from '../../src/mesh/simulated/world.ts'

/** `Kind namespace/name` -> what is compared of it. */
export type Picture = ReadonlyMap<string, unknown>

type Tree = Readonly<Record<string, unknown>>

/** Random names, elections, and what follows from workloads: pods are told by workload, not by name. */
const unnamed: ReadonlySet<string> = new Set(['Pod', 'ReplicaSet', 'ControllerRevision', 'Lease'])
/** When things happened, and counters of the server. */
const clockwork: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'time',
  'lastUpdateTime',
  'lastTransitionTime',
  'modifiedAt',
  'control-plane.alpha.kubernetes.io/leader',
])

/** Everything that two ends of one story must have in common, generations and field managers included. */
export function pictureOf(world: World): Picture {
  const objects = contents(world.api.state.objects)
  const named = objects.filter((object) => !unnamed.has(object.kind))
  return new Map([...named.map((object) => [placeOf(object), plain(object)] as const), ...podsByWorkload(objects)])
}

/** CRDs never go back, and these ConfigMaps are made by a new istiod for all. */
const staysBehind = (object: KubeObject): boolean =>
  object.kind === 'CustomResourceDefinition' ||
  (object.kind === 'ConfigMap' && ['istio-ip-autoallocate', 'istio-ca-crl'].includes(object.metadata.name))
/** What going back need not restore, besides: bookkeeping, restart stamps, caBundle, failurePolicy of validators. */
const repaired: ReadonlySet<string> = new Set([
  'managedFields',
  'generation',
  'observedGeneration',
  'status',
  'meshlift.io/restarted',
  'caBundle',
])

export function pictureBefore(world: World): Picture {
  const objects = contents(world.api.state.objects).filter((object) => !staysBehind(object))
  const named = objects.filter((object) => !unnamed.has(object.kind))
  return new Map([
    ...named.map((object) => [placeOf(object), without(plain(object), ignoredOf(object))] as const),
    ...podsByWorkload(objects),
  ])
}

const ignoredOf = (object: KubeObject): ReadonlySet<string> =>
  object.kind === 'ValidatingWebhookConfiguration' ? new Set([...repaired, 'failurePolicy']) : repaired

/** One line a place where the two are not the same. */
export function differences(a: Picture, b: Picture): readonly string[] {
  const places = [...new Set([...a.keys(), ...b.keys()])].toSorted()
  return places.flatMap((place) => compared(a.get(place), b.get(place), place))
}

function compared(a: unknown, b: unknown, path: string): readonly string[] {
  if (isRecord(a) && isRecord(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted()
    return keys.flatMap((key) => compared(a[key], b[key], `${path} ${key}`))
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.flatMap((one, index) => compared(one, b[index], `${path}[${index}]`))
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [`${path}: ${brief(a)} -> ${brief(b)}`]
}

const brief = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 120))
const placeOf = ({ kind, metadata }: KubeObject): string =>
  `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`

/** A release's record holds times, packed: its name, stored version and status are labels and stay. */
function plain(object: KubeObject): unknown {
  const { data, ...rest } = object as KubeObject & { readonly data?: unknown }
  const packed = object.kind === 'Secret' && object['type'] === 'helm.sh/release.v1'
  return without(packed || data === undefined ? rest : { ...rest, data }, clockwork)
}

function without(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => without(entry, names))
  if (!isRecord(value)) return value
  const kept: Tree = Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !names.has(name))
      .map(([name, entry]) => [name, without(entry, names)]),
  )
  // A map whose last entry was ours is gone with it.
  return Object.keys(kept).length === 0 && Object.keys(value).length > 0 ? undefined : kept
}

function podsByWorkload(objects: readonly KubeObject[]): Picture {
  const owners = new Map(objects.map((object) => [object.metadata.uid, object]))
  const workloadOf = (object: KubeObject): KubeObject => {
    const owner = owners.get(object.metadata.ownerReferences?.[0]?.uid)
    return owner === undefined ? object : workloadOf(owner)
  }
  const counts = new Map<string, Record<string, number>>()
  for (const pod of objects.filter(({ kind }) => kind === 'Pod')) {
    const place = `pods of ${placeOf(workloadOf(pod))}`
    const injection = injectionOf(pod)
    const is = `${injection ? `${injection.revision} ${injection.image} ${injection.discovery}` : 'no sidecar'}${pod.metadata.deletionTimestamp ? ' terminating' : ''}`
    const count = counts.get(place) ?? {}
    counts.set(place, { ...count, [is]: (count[is] ?? 0) + 1 })
  }
  return counts
}
