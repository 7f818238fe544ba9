// (b), and on pair Q (f): Back from the middle of the data plane, and again after the default has moved: the mesh is as it was.
import { defaultRedirected, hasDefaultTag, restarted } from '../look/moments.ts'
import { differences, takeSnapshot } from '../look/snapshot.ts'
import type { Snapshot } from '../look/snapshot.ts'
import { pairs } from '../pairs.ts'
import type { PairName } from '../pairs.ts'
import { adopt } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Upgrade } from '../program/upgrade.ts'
import type { Stage, Story } from '../story.ts'
import { claimInjectedBy, claimNoHarm, probeAll } from './moved.ts'
import { claimFinishRefused } from './refused-finish.ts'

/** How far the second upgrade comes before it is taken back. */
interface Reach {
  readonly shows: string
  readonly tell: (stage: Stage, upgrade: Upgrade) => Promise<void>
}

const moved: Reach = {
  shows: 'after everything has moved',
  tell: (_stage, upgrade) => upgrade.carryOut('DataPlaneUpgrade', 150_000),
}

/** The switch is made and the rest of it is not: no person would choose this moment, and one will meet it. */
const insideDefault: Reach = {
  shows: 'between two of the writes that move the default',
  async tell({ bed, claim }, upgrade) {
    await upgrade.order('DataPlaneUpgrade', 'Execute')
    await defaultRedirected(bed, pairs.P, 150_000)
    claim(!(await hasDefaultTag(bed)), 'going back between the first write of the default and the second')
  },
}

const finishRefused: Reach = {
  shows: 'after everything has moved and the finish was refused, by name, for a pod and for a tag',
  async tell(stage, upgrade) {
    await moved.tell(stage, upgrade)
    await claimFinishRefused(stage, upgrade)
  },
}

function back(name: PairName, reach: Reach): Story {
  const pair = pairs[name]
  return {
    name: `back-${name}`,
    shows: `pair ${name} goes back from the middle of the data plane, and again ${reach.shows}`,
    pair: name,
    within: 300_000,
    async tell(stage) {
      const { bed } = stage
      const adopted = await adopt(stage, pair, { flags: ['--settle', '200ms'] })
      const before = await takeSnapshot(bed.cluster)
      const loop = probeAll(stage, pair)

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
      await reach.tell(stage, second)
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

export const backStories: readonly Story[] = [back('P', insideDefault), back('Q', finishRefused), back('U', moved)]
