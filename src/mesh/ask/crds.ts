/** Which CRDs of the target's base chart are not in the cluster as the chart has them. */

import { isRecord } from '../../lib/json.ts'
import type { Answer } from '../../upgrade/mesh.ts'
import type { Cluster, KubeObject } from '../cluster.ts'
import type { CrdsMemo } from '../crds-memo.ts'
import { eachOf } from '../observe/look.ts'
import { condition } from '../observe/read.ts'
import { crds } from '../resources.ts'

type CrdsAnswer = Extract<Answer, { ask: 'crds' }>

/** Each is fetched by name: a list of all CRDs of a cluster is several megabytes. */
export async function askCrds(
  { cluster, crdsOf }: { readonly cluster: Cluster; readonly crdsOf: CrdsMemo },
  chart: { readonly version: string; readonly release: string },
  signal: AbortSignal,
): Promise<CrdsAnswer> {
  const wanted = await crdsOf.of(chart, signal)
  const behind = await eachOf(wanted, 5, async (one) => {
    const live = await cluster.get(crds, { name: one.metadata.name }, signal)
    return live !== undefined && isAsWanted(live, one) ? [] : [one.metadata.name]
  })
  if (behind.flat().length === 0) crdsOf.forget()
  return { ask: 'crds', all: wanted.map((one) => one.metadata.name), behind: behind.flat() }
}

/** There, with at least the chart's spec (the server fills in more), and served. */
export function isAsWanted(live: KubeObject, wanted: KubeObject): boolean {
  return isContained(wanted['spec'], live['spec']) && condition(live, 'Established', 'True') !== undefined
}

/** Lists are compared item by item. What a server leaves out because it is empty (`preserveUnknownFields: false`) is contained. */
function isContained(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part)) {
    if (whole === undefined) return part.length === 0
    return Array.isArray(whole) && whole.length === part.length && part.every((one, at) => isContained(one, whole[at]))
  }
  if (isRecord(part)) {
    if (whole === undefined) return Object.values(part).every((one) => isContained(one, undefined))
    return isRecord(whole) && Object.entries(part).every(([key, one]) => isContained(one, whole[key]))
  }
  if (whole === undefined) return part === undefined || part === null || part === false || part === '' || part === 0
  return part === whole
}
