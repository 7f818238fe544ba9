// (f) The finish refuses while anything still needs the old control plane, by name, and the way back stays open.
import { pairs, plainNamespace } from '../pairs.ts'
import type { Upgrade } from '../program/upgrade.ts'
import type { Stage } from '../story.ts'
import { until } from '../time.ts'

const pair = pairs.Q
const straggler = `/api/v1/namespaces/${plainNamespace}/pods/straggler`

/** Orders the finish of an upgrade of pair Q that has moved everything, and sees it refused twice. Leaves the tag as it was put back. */
export async function claimFinishRefused(stage: Stage, upgrade: Upgrade): Promise<void> {
  const { bed } = stage
  await bed.cluster.create(straggler.replace('/straggler', ''), {
    metadata: { name: 'straggler', labels: { 'istio.io/rev': pair.from.revision } },
    spec: { containers: [{ name: 'app', image: 'testbed.local/app:1' }] },
  })
  await upgrade.order('PostUpgrade', 'Execute')
  await claimRefused(stage, upgrade, 'straggler', 'a pod')

  // The tag first: with neither there it would rightly go on by itself.
  const tag = pair.istioctlTag ?? ''
  const moved = await bed.istioctl(['tag', 'set', tag, '--revision', pair.from.revision, '--overwrite'])
  if (moved.code !== 0) throw new Error(`istioctl tag set: ${moved.stderr}`)
  await bed.cluster.remove(`${straggler}?gracePeriodSeconds=0`)
  await until({ what: 'the pod gone', within: 20_000, signal: bed.signal }, async () =>
    (await bed.cluster.find(straggler)) === undefined ? true : undefined,
  )
  await upgrade.order('PostUpgrade', 'Retry')
  await claimRefused(stage, upgrade, tag, 'a tag that was put back')
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
