// (h) Somebody else relabels a namespace that has moved: the upgrade stands still and says who it was. Later the line to the
// API server is cut for a while: it goes on by itself.
import { setTimeout as delay } from 'node:timers/promises'
import { restarted, restartedNow } from '../look/moments.ts'
import { relayToApiServer } from '../look/wire.ts'
import type { Wire } from '../look/wire.ts'
import { pairs } from '../pairs.ts'
import { adopt } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Upgrade } from '../program/upgrade.ts'
import type { Stage, Story } from '../story.ts'
import { claimInjectedBy, claimTemplates } from './moved.ts'

const pair = pairs.P

/** Long enough that it has tried again in vain. */
const cutFor = 6_000

export const meddler: Story = {
  name: 'meddler',
  shows:
    'a moved namespace that somebody relabels holds the upgrade, naming the field manager, until it is put right; a cut line to the API server only delays it',
  pair: pair.name,
  within: 240_000,
  async tell(stage) {
    const { bed } = stage
    const wire = await relayToApiServer()
    const adopted = await adopt(bed, pair, { server: wire.server, flags: ['--settle', '200ms'] })
    const upgrade = await startUpgrade(bed, adopted, pair.to.version)
    await upgrade.carryOut('PreCheck', 30_000)
    await upgrade.carryOut('ControlPlaneUpgrade', 60_000)
    const { to } = await upgrade.detail()
    await upgrade.order('DataPlaneUpgrade', 'Execute')
    await restarted(bed, pair, 3, 90_000) // one namespace is through, the next one has begun
    await relabelled(stage, upgrade, to.revision)
    await lineCut(stage, upgrade, wire)
    await claimTemplates(stage, pair, 2)
    await claimInjectedBy(stage, pair, to.revision, pair.to.version)
    await wire.close()
  },
}

async function relabelled({ bed, claim }: Stage, upgrade: Upgrade, revision: string): Promise<void> {
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

async function lineCut({ bed, claim }: Stage, upgrade: Upgrade, wire: Wire): Promise<void> {
  await restarted(bed, pair, 5, 60_000)
  wire.cut(true)
  await delay(1_000, undefined, { signal: bed.signal }) // what was on its way has arrived
  const atCut = (await restartedNow(bed, pair)).length
  await delay(cutFor, undefined, { signal: bed.signal })
  const later = (await restartedNow(bed, pair)).length
  const { phase, reason } = await upgrade.detail()
  claim(later === atCut, 'line cut: nothing is restarted meanwhile', { atCut, later })
  claim(phase === 'Running' && /bed/.test(reason.text), 'it says that the cluster cannot be reached', { phase, reason })
  wire.mend()
  claim((await upgrade.rest(90_000)) === 'Success', 'with the line mended it went on to the end by itself')
}
