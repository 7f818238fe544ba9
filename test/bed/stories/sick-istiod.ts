// (d), (e) The new control plane is sick: from its first second, and in the middle of the move.
import { setTimeout as delay } from 'node:timers/promises'
import { restarted, restartedNow } from '../look/moments.ts'
import { residueOf } from '../look/residue.ts'
import { differences, takeSnapshot } from '../look/snapshot.ts'
import { pairs } from '../pairs.ts'
import type { Adopted } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Upgrade } from '../program/upgrade.ts'
import type { Stage } from '../story.ts'

const pair = pairs.P

/** Longer than the process kubelet's longest back-off, so that it is really down and not between two tries. */
const downFor = 12_000

/** Wants a program that is started with a short --ready-within. */
export async function neverReady({ bed, claim, claimNone }: Stage, adopted: Adopted): Promise<void> {
  const before = await takeSnapshot(bed.cluster)
  const upgrade = await startUpgrade(bed, adopted, pair.to.version, 'never-ready')
  await upgrade.carryOut('PreCheck', 30_000)
  const { to } = await upgrade.detail()
  bed.setFault(to.revision, { kind: 'never-ready' })
  await upgrade.order('ControlPlaneUpgrade', 'Execute')
  const phase = await upgrade.rest(60_000)
  const { reason, state } = await upgrade.detail()
  claim(phase === 'Pause' && state === 'Pending', 'never ready: it is held', { phase, state })
  claim(
    reason.text.includes(to.revision) && /ready/.test(reason.text),
    'and says that the new istiod does not get ready',
    reason,
  )
  await upgrade.rollBack(60_000)
  const leaving = { label: to.revision, release: `istiod-${to.revision}`, service: `istiod-${to.revision}` }
  claimNone(await residueOf(bed.cluster, leaving), 'nothing of the new control plane is left, no webhook above all')
  claimNone(differences(before, await takeSnapshot(bed.cluster)), 'everything else is as before')
  bed.setFault(to.revision, undefined)
}

/** For an upgrade that is restarting workloads. */
export async function diesInTheMiddle({ bed, claim, note }: Stage, upgrade: Upgrade, revision: string): Promise<void> {
  await restarted(bed, pair, 2, 60_000)
  bed.setFault(revision, { kind: 'dead' })
  const atDeath = (await restartedNow(bed, pair)).length
  await delay(downFor, undefined, { signal: bed.signal })
  const later = (await restartedNow(bed, pair)).length
  claim(later <= atDeath + 1, `${atDeath} workloads were restarted when it died, ${later} after ${downFor / 1000} s`)
  const { phase, reason } = await upgrade.detail()
  claim(phase !== 'Failed', 'the step has not failed', { phase, reason })
  note(`      meanwhile it says: ${reason.text}`)
  bed.setFault(revision, undefined)
  await restarted(bed, pair, later + 1, 60_000)
  claim(true, 'it went on by itself when it was back')
}
