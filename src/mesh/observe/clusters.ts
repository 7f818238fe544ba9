/** Part `clusters`: can it be reached, what is it, and may the plan be carried out with these credentials? */

import { problemFrom } from '../../lib/problem.ts'
import type { ClusterFact } from '../../upgrade/mesh.ts'
import { permissions } from '../permissions.ts'
import type { Permission } from '../permissions.ts'
import type { Look } from './look.ts'
import { eachOf } from './look.ts'

/** Permission -> until when it counts as granted. */
export type GrantMemo = Map<Permission, number>

/**
 * PreCheck asks for 147 permissions in each of its two looks, and the next step once more. What was granted a moment ago
 * is not asked again; what was refused is, because somebody may just have granted it.
 */
const grantedMs = 10_000

/** Never throws for a cluster that cannot be reached: that is the fact. Only an aborted look ends with the abort. */
export async function observeClusters(
  look: Look,
  { granted, now }: { readonly granted: GrantMemo; readonly now: number },
): Promise<readonly ClusterFact[]> {
  const { cluster, signal } = look
  try {
    const version = /\d+\.\d+\.\d+/.exec(await cluster.version(signal))?.[0] ?? ''
    const open = permissions.filter((one) => (granted.get(one) ?? 0) <= now)
    const answers = await eachOf(open, 8, async (one) => {
      const allowed = await cluster.may(one.verb, one.resource, placeOf(one), signal)
      if (allowed) granted.set(one, now + grantedMs)
      return { one, allowed }
    })
    const missing = answers.filter(({ allowed }) => !allowed).map(({ one }) => sentence(one))
    return [{ cluster: cluster.name, reachable: true, version, missing: [...new Set(missing)] }]
  } catch (thrown) {
    signal.throwIfAborted()
    const problem = problemFrom(thrown)
    if (problem.kind === 'bug') throw problem
    return [{ cluster: cluster.name, reachable: false, why: problem.message, missing: [] }]
  }
}

function placeOf({ namespace, name }: Permission): { readonly namespace?: string; readonly name?: string } {
  return { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) }
}

/** `patch namespaces`, `create pods in istio-system`, `get configmaps istio-ca-root-cert`. */
function sentence({ verb, resource, namespace, name }: Permission): string {
  const which = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
  return `${verb} ${which}${name === undefined ? '' : ` ${name}`}${namespace === undefined ? '' : ` in ${namespace}`}`
}
