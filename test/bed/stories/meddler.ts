// (h) Somebody else relabels a namespace that has moved: the upgrade stands still and says who it was. And: the line to the
// API server is cut for a while.
import { setTimeout as delay } from 'node:timers/promises'
import { restartedNow } from '../look/moments.ts'
import type { Wire } from '../look/wire.ts'
import { pairs } from '../pairs.ts'
import type { Upgrade } from '../program/upgrade.ts'
import type { Stage } from '../story.ts'

const pair = pairs.P

/** Long enough that it has tried again in vain. */
const cutFor = 6_000

/** For an upgrade that has moved one namespace and goes on with the next. */
export async function relabelled({ bed, claim }: Stage, upgrade: Upgrade, revision: string): Promise<void> {
  const moved = await movedNamespace()
  await relabel('default')
  const phase = await upgrade.rest(60_000)
  const { reason } = await upgrade.detail()
  claim(phase === 'Pause', 'relabelled: it is held', { phase, reason })
  claim(reason.text.includes(moved), `the reason names the namespace ${moved}`, reason)
  claim(reason.text.includes('gitops-robot'), 'and who changed it', reason)
  await relabel(revision)
  // It may have seen for itself that all is well again: then there is nothing to look at anew.
  const { status } = await upgrade.ask('DataPlaneUpgrade', 'Retry')
  claim(status === 200 || status === 409, 'put right, it is told to look again', status)

  async function movedNamespace(): Promise<string> {
    // In the program's own order, so that it is the one that is through: in the other a workload is just being restarted.
    for (const name of Object.keys(pair.meshed).toSorted()) {
      const { metadata } = await bed.cluster.get(`/api/v1/namespaces/${name}`)
      if (metadata.labels?.['istio.io/rev'] === revision) return name
    }
    throw new Error('no namespace has moved')
  }

  async function relabel(to: string): Promise<void> {
    const path = `/api/v1/namespaces/${moved}?fieldManager=gitops-robot`
    await bed.cluster.patch(path, { metadata: { labels: { 'istio.io/rev': to } } }, 'merge')
  }
}

/** For an upgrade that has workloads to restart. */
export async function lineCut({ bed, claim }: Stage, upgrade: Upgrade, wire: Wire): Promise<void> {
  wire.cut(true)
  await delay(1_000, undefined, { signal: bed.signal }) // what was on its way has arrived
  const atCut = (await restartedNow(bed, pair)).length
  await delay(cutFor, undefined, { signal: bed.signal })
  const later = (await restartedNow(bed, pair)).length
  const { phase, reason } = await upgrade.detail()
  claim(later === atCut, 'line cut: nothing is restarted meanwhile', { atCut, later })
  claim(phase === 'Running' && /bed/.test(reason.text), 'it says that the cluster cannot be reached', { phase, reason })
  wire.mend()
}
