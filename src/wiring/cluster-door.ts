/** What can be asked of clusters without an upgrade: is it usable, and which Istio is on it. */

import type { ClusterDoor } from '../http/parts.ts'
import { Problem, problemFrom } from '../lib/problem.ts'
import type { ClusterRecord } from '../registry/clusters.ts'
import { isUsed } from '../upgrade/facts/find-old.ts'
import type { ControlPlaneFact } from '../upgrade/mesh.ts'
import type { Connections } from './connections.ts'

const adoptionParts = ['controlPlanes', 'releases', 'webhooks', 'namespaces', 'pods'] as const

export function clusterDoor(connections: Connections): ClusterDoor {
  return {
    async test(record, signal) {
      const base = { cluster: record.name, controlPlanes: [] }
      try {
        const { mesh, helm } = await connections.to(record)
        const { clusters } = await mesh.observe(['clusters'], signal)
        const fact = clusters[0]
        if (!fact?.reachable)
          return {
            ...base,
            reachable: false,
            problem: { code: 'clusters/unreachable', text: fact?.why ?? `Cluster ${record.name} does not answer.` },
          }
        const kubernetes = fact.version === undefined ? {} : { kubernetes: fact.version }
        const version = await helm.version(signal).catch(problemFrom)
        const found = typeof version === 'string' ? { helm: version } : {}
        if (fact.missing.length > 0)
          return {
            ...base,
            reachable: true,
            ...kubernetes,
            ...found,
            problem: {
              code: 'clusters/permission-missing',
              text: `Cluster ${record.name} does not allow: ${fact.missing.join(', ')}.`,
            },
          }
        const { controlPlanes } = await mesh.observe(['controlPlanes'], signal)
        const planes = controlPlanes.map(({ revision, version: of, ready, wanted }) => ({
          revision,
          version: of,
          ready: ready > 0 && ready >= wanted,
        }))
        const problem = typeof version === 'string' ? {} : { problem: { code: version.code, text: version.message } }
        return { cluster: record.name, reachable: true, ...kubernetes, ...found, controlPlanes: planes, ...problem }
      } catch (thrown) {
        const problem = problemFrom(thrown)
        return { ...base, reachable: false, problem: { code: problem.code, text: problem.message } }
      }
    },

    async adopt(records, signal) {
      const versions = new Set<string>()
      for (const record of records) versions.add((await oldOn(record, signal)).version)
      const [version] = versions
      if (version === undefined || versions.size > 1)
        throw new Problem({
          kind: 'invalid',
          code: 'meshes/versions-differ',
          text: `The clusters run different Istio versions: ${[...versions].join(', ')}.`,
        })
      return { version }
    },

    forget: ({ id }) => connections.forget(id),
  }

  /** The control plane in use; an unused one beside it is somebody's canary. */
  async function oldOn(record: ClusterRecord, signal: AbortSignal): Promise<ControlPlaneFact> {
    const { mesh } = await connections.to(record)
    const seen = await mesh.observe(adoptionParts, signal)
    const used = seen.controlPlanes.filter((plane) => isUsed(plane, seen))
    const plane = used[0] ?? seen.controlPlanes[0]
    if (!plane)
      throw new Problem({
        kind: 'invalid',
        code: 'meshes/no-istio',
        text: `There is no Istio control plane in namespace istio-system of cluster ${record.name}; install Istio first.`,
      })
    return plane
  }
}
