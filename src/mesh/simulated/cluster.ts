/** The inner port on a simulated world: who asks is `meshlift`, and the server may be away or forbid. */

import { Problem } from '../../lib/problem.ts'
import type { Cluster, KubeObject, Resource } from '../cluster.ts'
import type { Api } from './api.ts'
import { parseSelector } from './selectors.ts'
import type { World } from './world.ts'

const manager = 'meshlift'

export function simulatedCluster(world: World, name: string): Cluster {
  /** The world as this client last reported it changed. */
  let seen = world.api.state.resourceVersion
  const mayNot = (verb: string, plural: string): boolean =>
    world.faults.forbidden.some((each) => each.verb === verb && each.plural === plural)
  const begin = (verb: string, resource: Resource, signal: AbortSignal): Api => {
    signal.throwIfAborted()
    world.catchUp()
    world.reachable()
    if (mayNot(verb, resource.plural))
      throw new Problem({
        kind: 'forbidden',
        code: 'simulated/forbidden',
        text: `${name}: ${manager} may not ${verb} ${resource.plural} in API group "${resource.group}".`,
      })
    return world.api
  }
  return {
    name,
    list: async (resource, { namespace, labelSelector, metadataOnly }, signal) => {
      const api = begin('list', resource, signal)
      const selector = labelSelector === undefined ? {} : { selector: parseSelector(labelSelector) }
      const objects = api.all(resource, { ...(namespace === undefined ? {} : { namespace }), ...selector })
      return metadataOnly ? objects.map(onlyMetadata) : objects
    },
    get: async (resource, at, signal) => begin('get', resource, signal).find(resource, at),
    create: async (resource, object, { dryRun = false }, signal) => {
      const api = begin('create', resource, signal)
      return dryRun
        ? api.create(resource, object, manager, true)
        : world.write(() => api.create(resource, object, manager))
    },
    patch: async (resource, at, operations, signal) => {
      const api = begin('patch', resource, signal)
      return world.write(() => api.patch(resource, at, operations, manager))
    },
    apply: async (resource, object, options, signal) => {
      const api = begin('patch', resource, signal)
      return world.write(() => api.apply(resource, object, options.manager, options.force))
    },
    remove: async (resource, at, uid, signal) => {
      const api = begin('delete', resource, signal)
      world.write(() => api.remove(resource, at, manager, uid))
    },
    may: async (verb, resource, _at, signal) => {
      signal.throwIfAborted()
      world.reachable()
      return !mayNot(verb, resource.plural)
    },
    version: async (signal) => {
      signal.throwIfAborted()
      world.reachable()
      return 'v1.35.4'
    },
    changed: async (ms, signal) => {
      const until = world.now() + ms
      for (;;) {
        world.catchUp()
        const { resourceVersion } = world.api.state
        const left = until - world.now()
        if (resourceVersion !== seen || left <= 0 || signal.aborted) {
          seen = resourceVersion
          return
        }
        const woken = new AbortController()
        const stop = world.watch(() => woken.abort())
        const next = (world.nextDue() ?? Number.POSITIVE_INFINITY) - world.now()
        await world.clock.sleep(Math.min(left, Math.max(1, next)), AbortSignal.any([signal, woken.signal]))
        stop()
      }
    },
    close: async () => {},
  }
}

function onlyMetadata({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata }
}
