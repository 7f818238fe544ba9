// (b) Back from the middle of the data plane, and again after the default has moved: the mesh is as it was.
import { restarted } from '../look/moments.ts'
import { differences, takeSnapshot } from '../look/snapshot.ts'
import type { Snapshot } from '../look/snapshot.ts'
import { pairs } from '../pairs.ts'
import type { PairName } from '../pairs.ts'
import { adopt } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Stage, Story } from '../story.ts'
import { claimInjectedBy, claimNoHarm, probeMeshed } from './moved.ts'

function back(name: PairName): Story {
  const pair = pairs[name]
  return {
    name: `back-${name}`,
    shows: `pair ${name} goes back from the middle of the data plane, and again after the default has moved`,
    pair: name,
    within: 300_000,
    async tell(stage) {
      const { bed } = stage
      const adopted = await adopt(bed, pair)
      const before = await takeSnapshot(bed.cluster)
      const loop = probeMeshed(stage, pair)

      const first = await startUpgrade(bed, adopted, pair.to.version, 'from-the-middle')
      await first.carryOut('PreCheck', 30_000)
      await first.carryOut('ControlPlaneUpgrade', 60_000)
      await first.order('DataPlaneUpgrade', 'Execute')
      await restarted(bed, pair, 3, 60_000)
      await first.rollBack(120_000)
      await claimAsBefore(stage, before, 'from the middle')

      const second = await startUpgrade(bed, adopted, pair.to.version, 'from-the-end')
      await second.carryOut('PreCheck', 30_000)
      await second.carryOut('ControlPlaneUpgrade', 60_000)
      await second.carryOut('DataPlaneUpgrade', 150_000)
      await second.rollBack(120_000)
      claimNoHarm(stage, await loop.stop())
      await claimAsBefore(stage, before, 'after the default had moved')
      await claimInjectedBy(stage, pair, pair.from.label, pair.from.version)
    },
  }
}

async function claimAsBefore({ bed, claimNone }: Stage, before: Snapshot, when: string): Promise<void> {
  claimNone(
    differences(before, await takeSnapshot(bed.cluster)),
    `rolled back ${when}: labels, tags, webhooks, releases and workloads are as before`,
  )
}

export const backStories: readonly Story[] = [back('P'), back('Q'), back('U')]
