// (b), and on pair Q (f): Back from the middle of the data plane, and again after the default has moved: the mesh is as it was.
import { restarted } from '../look/moments.ts'
import { differences, takeSnapshot } from '../look/snapshot.ts'
import type { Snapshot } from '../look/snapshot.ts'
import { pairs } from '../pairs.ts'
import type { PairName } from '../pairs.ts'
import { adopt } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Upgrade } from '../program/upgrade.ts'
import type { Stage, Story } from '../story.ts'
import { claimInjectedBy, claimNoHarm, probeMeshed } from './moved.ts'
import { claimFinishRefused } from './refused-finish.ts'

interface Turn {
  /** Added to what the story shows. */
  readonly shows: string
  readonly tell: (stage: Stage, upgrade: Upgrade) => Promise<void>
}

/** @param turn what happens when everything has moved, before going back for the second time */
function back(name: PairName, turn?: Turn): Story {
  const pair = pairs[name]
  const shows = `pair ${name} goes back from the middle of the data plane, and again after the default has moved`
  return {
    name: `back-${name}`,
    shows: turn === undefined ? shows : `${shows} ${turn.shows}`,
    pair: name,
    within: 300_000,
    async tell(stage) {
      const { bed } = stage
      const adopted = await adopt(bed, pair, { flags: ['--settle', '200ms'] })
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
      await turn?.tell(stage, second)
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

export const backStories: readonly Story[] = [
  back('P'),
  back('Q', { shows: 'and a finish that was refused, by name, for a pod and for a tag', tell: claimFinishRefused }),
  back('U'),
]
