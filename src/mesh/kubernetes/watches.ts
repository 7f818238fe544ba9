/** Which collections are watched, and the one way to list anything. */

import type { Clock } from '../../lib/clock.ts'
import type { KubeObject, ListOptions, Resource } from '../cluster.ts'
import { istioNamespace } from '../../upgrade/mesh.ts'
import type { Calls } from './calls.ts'
import { listAll } from './listing.ts'
import { labelTest } from './selector.ts'
import { trimPod } from './trim.ts'
import { reflector } from './watch.ts'
import type { Reflector, WatchTimes } from './watch.ts'

export interface Watches {
  /** @throws Problem */
  list(resource: Resource, options: ListOptions, signal: AbortSignal): Promise<readonly KubeObject[]>
  wrote(resource: Resource, object: KubeObject): void
  /** What is known of the resource may be out of date; the next list asks. */
  doubt(resource: Resource): void
  changed(ms: number, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface WatchesParts {
  readonly cluster: string
  readonly calls: Calls
  readonly clock: Clock
  readonly times: WatchTimes
  readonly random: () => number
  readonly log: { debug(facts: object, text: string): void }
}

interface Watched {
  /** Only this namespace's. */
  readonly namespace?: string
  readonly trim?: (object: KubeObject) => KubeObject
}

/** Keyed `group/plural`. Services and endpoints of applications change all day and say nothing about a mesh; they are not watched. */
const watched: Readonly<Record<string, Watched>> = {
  '/namespaces': {},
  '/pods': { trim: trimPod },
  '/services': { namespace: istioNamespace },
  'apps/deployments': {},
  'apps/statefulsets': {},
  'apps/daemonsets': {},
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': {},
  'admissionregistration.k8s.io/validatingwebhookconfigurations': {},
}

/** Changes come in bunches (a rollout is a dozen events); a caller that looked at each would look all day. */
const bunchMs = 100

export function watchesOver({ cluster, calls, clock, times, random, log }: WatchesParts): Watches {
  const end = new AbortController()
  const reflectors = new Map<string, Reflector>()
  const waiting = new Set<() => void>()
  /** A change that came while nobody waited. */
  let missed = false

  function onChange(): void {
    missed = waiting.size === 0
    for (const wake of waiting) wake()
  }

  function reflectorOf(resource: Resource, { namespace, trim }: Watched): Reflector {
    const key = keyOf(resource)
    const known = reflectors.get(key)
    if (known !== undefined) return known
    const made = reflector({
      cluster,
      calls,
      clock,
      resource,
      namespace,
      trim: trim ?? ((object) => object),
      times,
      random,
      onChange,
      log,
      signal: end.signal,
    })
    reflectors.set(key, made)
    return made
  }

  return {
    async list(resource, options, signal) {
      const scope = watched[keyOf(resource)]
      const matches = options.labelSelector === undefined ? () => true : labelTest(options.labelSelector)
      if (
        scope === undefined ||
        matches === undefined ||
        (scope.namespace !== undefined && scope.namespace !== options.namespace)
      )
        return (await listAll(calls, cluster, resource, options, signal)).objects
      const all = await reflectorOf(resource, scope).read(signal)
      return all.filter(
        ({ metadata }) =>
          (options.namespace === undefined || metadata.namespace === options.namespace) &&
          matches(metadata.labels ?? {}),
      )
    },
    wrote(resource, object) {
      const scope = watched[keyOf(resource)]
      if (scope?.namespace === undefined || scope.namespace === object.metadata.namespace)
        reflectors.get(keyOf(resource))?.wrote(object)
    },
    doubt(resource) {
      reflectors.get(keyOf(resource))?.doubt()
    },
    async changed(ms, signal) {
      const until = clock.now() + ms
      if (!missed) await change(ms, signal)
      await clock.sleep(Math.min(bunchMs, until - clock.now()), signal)
      missed = false
    },
    async close() {
      end.abort()
      await Promise.all([...reflectors.values()].map((each) => each.ended))
    },
  }

  async function change(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController()
    const wake = (): void => woken.abort()
    waiting.add(wake)
    await clock.sleep(ms, AbortSignal.any([signal, end.signal, woken.signal]))
    waiting.delete(wake)
  }
}

function keyOf({ group, plural }: Resource): string {
  return `${group}/${plural}`
}
