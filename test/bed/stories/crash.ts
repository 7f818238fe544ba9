// (c) kill -9 at the three worst moments. Started again, the program goes on, and no workload is restarted twice.
import { readdirSync, readFileSync } from 'node:fs'
import { defaultRedirected, hasDefaultTag, helmInstalling, namespaceLabelled, restartedNow } from '../look/moments.ts'
import { helmReleases } from '../look/releases.ts'
import { residueOf } from '../look/residue.ts'
import { pairs } from '../pairs.ts'
import { adopt, bringBack } from '../program/mesh.ts'
import type { Adopted } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Stage, Story } from '../story.ts'
import { claimInjectedBy, claimNoHarm, claimTemplates, probeAll } from './moved.ts'

const pair = pairs.U

/** Every helm of the bed, as when the machine itself goes down: our process numbers are the bed's own. */
function killHelm(program: string): number {
  const running = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const helms = running.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${program}\0`)
    } catch {
      return false // it ended while we looked
    }
  })
  for (const pid of helms) process.kill(Number(pid), 'SIGKILL')
  return helms.length
}

/** The program alone is killed: its helm works on, and must be waited for, not helped. */
async function helmLivesOn({ bed, claim }: Stage, adopted: Adopted): Promise<void> {
  const upgrade = await startUpgrade(bed, adopted, pair.to.version, 'orphaned-helm')
  await upgrade.carryOut('PreCheck', 30_000)
  await upgrade.order('ControlPlaneUpgrade', 'Execute')
  await helmInstalling(bed, 60_000)
  await adopted.program.kill()
  await bringBack(adopted)
  claim((await upgrade.rest(60_000)) === 'Success', 'killed alone, while helm goes on installing: it comes up')
  const { to } = await upgrade.detail()
  const releases = (await helmReleases(bed.cluster)).filter(({ name }) => name === `istiod-${to.revision}`)
  claim(
    releases.length === 1 && releases[0]?.status === 'deployed',
    'by that one installation',
    releases.map(({ status }) => status),
  )
  await upgrade.rollBack(60_000)
}

export const crashStory: Story = {
  name: 'crash',
  shows:
    'killed inside helm, between label and restart, and after the first write of the default, it goes on where it stood',
  pair: pair.name,
  within: 300_000,
  async tell(stage) {
    const { bed, claim, claimNone } = stage
    const adopted = await adopt(stage, pair)
    const loop = probeAll(stage, pair)
    await helmLivesOn(stage, adopted)
    const upgrade = await startUpgrade(bed, adopted, pair.to.version)
    await upgrade.carryOut('PreCheck', 30_000)
    const { to } = await upgrade.detail()

    await upgrade.order('ControlPlaneUpgrade', 'Execute')
    await helmInstalling(bed, 60_000)
    await adopted.program.kill()
    claim(killHelm(`${bed.installed.helm}/helm`) > 0, 'killed while helm was installing, helm too')
    await bringBack(adopted)
    claim((await upgrade.rest(90_000)) === 'Success', 'the control plane came up all the same')

    await upgrade.order('DataPlaneUpgrade', 'Execute')
    await namespaceLabelled(bed, 'pay', to.revision, 90_000)
    await adopted.program.kill()
    const restarted = (await restartedNow(bed, pair)).filter(({ namespace }) => namespace === 'pay')
    claim(restarted.length === 0, 'killed between the label of a namespace and its first restart', restarted)
    await bringBack(adopted)
    await defaultRedirected(bed, pair, 120_000)
    await adopted.program.kill()
    claim(!(await hasDefaultTag(bed)), 'killed between the first write of the default and the second')
    await bringBack(adopted)
    claim((await upgrade.rest(90_000)) === 'Success', 'the data plane moved all the same')

    await upgrade.carryOut('PostUpgrade', 90_000)
    claimNoHarm(stage, await loop.stop())
    await claimTemplates(stage, pair, 2)
    await claimInjectedBy(stage, pair, to.revision, pair.to.version)
    claimNone(await residueOf(bed.cluster, pair.from), 'nothing of the old control plane is left')
  },
}
