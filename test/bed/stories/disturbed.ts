// (d), (e), (h) and a cut line: what can go wrong around an upgrade, one after another on one mesh.
import { restarted } from '../look/moments.ts'
import { relayToApiServer } from '../look/wire.ts'
import { pairs } from '../pairs.ts'
import { adopt, bringBack } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Story } from '../story.ts'
import { lineCut, relabelled } from './meddler.ts'
import { claimInjectedBy, claimTemplates } from './moved.ts'
import { diesInTheMiddle, neverReady } from './sick-istiod.ts'

const pair = pairs.P

export const disturbed: Story = {
  name: 'disturbed',
  shows:
    'a new istiod that never gets ready is gone without a trace on the way back; one that dies, somebody who relabels a namespace, and a cut line stop an upgrade for as long as they last',
  pair: pair.name,
  within: 240_000,
  async tell(stage) {
    const { bed, claim } = stage
    const wire = await relayToApiServer()
    const adopted = await adopt(stage, pair, {
      server: wire.server,
      flags: ['--ready-within', '6s', '--settle', '200ms'],
    })
    await neverReady(stage, adopted)
    await adopted.program.stop()
    await bringBack(adopted, ['--settle', '200ms']) // patient again

    const upgrade = await startUpgrade(bed, adopted, pair.to.version, 'three-times-disturbed')
    await upgrade.carryOut('PreCheck', 30_000)
    await upgrade.carryOut('ControlPlaneUpgrade', 60_000)
    const { to } = await upgrade.detail()
    await upgrade.order('DataPlaneUpgrade', 'Execute')
    await diesInTheMiddle(stage, upgrade, to.revision)
    await restarted(bed, pair, 3, 60_000) // one namespace is through, the next one has begun
    await relabelled(stage, upgrade, to.revision)
    await restarted(bed, pair, 5, 60_000)
    await lineCut(stage, upgrade, wire)
    claim((await upgrade.rest(90_000)) === 'Success', 'and it went on to the end by itself')
    await claimTemplates(stage, pair, 2)
    await claimInjectedBy(stage, pair, to.revision, pair.to.version)
    await wire.close()
  },
}
