// (f) The finish refuses while anything still needs the old control plane, by name, and the way back stays open.
import { differences, takeSnapshot } from '../look/snapshot.ts'
import { pairs, plainNamespace } from '../pairs.ts'
import { adopt } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Upgrade } from '../program/upgrade.ts'
import type { Stage, Story } from '../story.ts'
import { until } from '../time.ts'

const pair = pairs.Q

export const guardedFinish: Story = {
  name: 'guarded-finish',
  shows: 'PostUpgrade refuses by name a pod and a tag that still need the old istiod, and rolling back is still open',
  pair: pair.name,
  within: 240_000,
  async tell(stage) {
    const { bed, claimNone, claim } = stage
    const adopted = await adopt(bed, pair)
    const before = await takeSnapshot(bed.cluster)
    const upgrade = await startUpgrade(bed, adopted, pair.to.version)
    await upgrade.carryOut('PreCheck', 30_000)
    await upgrade.carryOut('ControlPlaneUpgrade', 60_000)
    await upgrade.carryOut('DataPlaneUpgrade', 150_000)

    const pod = `/api/v1/namespaces/${plainNamespace}/pods`
    await bed.cluster.create(pod, {
      metadata: { name: 'straggler', labels: { 'istio.io/rev': pair.from.revision } },
      spec: { containers: [{ name: 'app', image: 'testbed.local/app:1' }] },
    })
    await upgrade.order('PostUpgrade', 'Execute')
    await claimRefused(stage, upgrade, 'straggler', 'a pod')

    await bed.cluster.remove(`${pod}/straggler?gracePeriodSeconds=0`)
    await until({ what: 'the pod gone', within: 20_000, signal: bed.signal }, async () =>
      (await bed.cluster.find(`${pod}/straggler`)) === undefined ? true : undefined,
    )
    const tag = pair.istioctlTag ?? ''
    const moved = await bed.istioctl(['tag', 'set', tag, '--revision', pair.from.revision, '--overwrite'])
    if (moved.code !== 0) throw new Error(`istioctl tag set: ${moved.stderr}`)
    await upgrade.order('PostUpgrade', 'Retry')
    await claimRefused(stage, upgrade, tag, 'a tag that was put back')

    await upgrade.rollBack(120_000)
    claim((await upgrade.get()).status.state === 'RolledBack', 'rolling back was still open')
    claimNone(differences(before, await takeSnapshot(bed.cluster)), 'and led back to the start')
  },
}

async function claimRefused({ claim }: Stage, upgrade: Upgrade, name: string, what: string): Promise<void> {
  const phase = await upgrade.rest(60_000)
  const { reason, accepts } = await upgrade.detail()
  claim(phase === 'Pause' && reason.text.includes(name), `${what} on the old revision stops the finish by name`, {
    phase,
    reason,
  })
  claim(
    accepts.some(({ action }) => action === 'Rollback'),
    'and rolling back would be accepted',
    accepts,
  )
}
