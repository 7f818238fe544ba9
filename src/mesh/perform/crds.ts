/** CRDs of the target's base chart. They are shared by all revisions and never go back. */

import type { Clock } from '../../lib/clock.ts'
import { Problem } from '../../lib/problem.ts'
import type { Action } from '../../upgrade/actions.ts'
import type { KubeObject } from '../cluster.ts'
import type { CrdsMemo } from '../crds-memo.ts'
import { eachOf } from '../observe/look.ts'
import { condition } from '../observe/read.ts'
import { crds } from '../resources.ts'
import type { Hands } from './aim.ts'

const withinMs = 30_000
const betweenMs = 250

/**
 * With force, under Helm's name: other managers own fields of them, and what we owned under ours would refuse the next
 * base chart. Ends when each is served, at the latest after 30 s: the control plane that comes next never gets ready
 * without them.
 */
export async function applyCrds(
  hands: Hands & { readonly crdsOf: CrdsMemo; readonly clock: Clock },
  action: Extract<Action, { do: 'apply-crds' }>,
): Promise<void> {
  const { cluster, crdsOf, clock, signal } = hands
  const wanted = await crdsOf.of(action, signal)
  await eachOf(wanted, 3, (one) => cluster.apply(crds, one, { manager: 'helm', force: true }, signal))

  const deadline = clock.now() + withinMs
  let open = wanted
  for (;;) {
    open = await notServed(hands, open)
    if (open.length === 0) return
    if (clock.now() >= deadline) throw tooSlow(open)
    await clock.sleep(betweenMs, signal)
    signal.throwIfAborted()
  }
}

async function notServed({ cluster, signal }: Hands, some: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  const found = await eachOf(some, 5, async (one) => {
    const live = await cluster.get(crds, { name: one.metadata.name }, signal)
    return live !== undefined && condition(live, 'Established', 'True') !== undefined ? [] : [one]
  })
  return found.flat()
}

function tooSlow(open: readonly KubeObject[]): Problem {
  const names = open.map((one) => one.metadata.name).join(', ')
  return new Problem({
    kind: 'timeout',
    code: 'mesh/crds-not-established',
    text: `These CRDs were applied and are not served after ${withinMs / 1000} s: ${names}. Look at their conditions.`,
  })
}
