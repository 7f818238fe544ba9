// (h) Somebody else relabels a namespace that has moved: the upgrade stands still and says who it was.
import { restarted } from '../look/moments.ts'
import { pairs } from '../pairs.ts'
import { adopt } from '../program/mesh.ts'
import { startUpgrade } from '../program/upgrade.ts'
import type { Story } from '../story.ts'

export const meddler: Story = {
  name: 'meddler',
  shows: 'a moved namespace that somebody relabels holds the upgrade, naming the field manager, until it is put right',
  pair: 'P',
  within: 240_000,
  async tell({ bed, claim }) {
    const pair = pairs.P
    const adopted = await adopt(bed, pair)
    const upgrade = await startUpgrade(bed, adopted, pair.to.version)
    await upgrade.carryOut('PreCheck', 30_000)
    await upgrade.carryOut('ControlPlaneUpgrade', 60_000)
    const { to } = await upgrade.detail()
    await upgrade.order('DataPlaneUpgrade', 'Execute')
    await restarted(bed, pair, 4, 90_000) // one namespace is through, the next one has begun
    const moved = await movedNamespace()
    await relabel(moved, 'default', 'gitops-robot')
    const phase = await upgrade.rest(60_000)
    const { reason } = await upgrade.detail()
    claim(phase === 'Pause', 'it is held', { phase, reason })
    claim(reason.text.includes(moved), `the reason names the namespace ${moved}`, reason)
    claim(reason.text.includes('gitops-robot'), 'and who changed it', reason)
    await relabel(moved, to.revision, 'gitops-robot')
    await upgrade.order('DataPlaneUpgrade', 'Retry')
    claim((await upgrade.rest(120_000)) === 'Success', 'put right, it goes on to the end')

    async function movedNamespace(): Promise<string> {
      for (const name of Object.keys(pair.meshed)) {
        const { metadata } = await bed.cluster.get(`/api/v1/namespaces/${name}`)
        if (metadata.labels?.['istio.io/rev'] === to.revision) return name
      }
      throw new Error('no namespace has moved')
    }

    async function relabel(name: string, revision: string, manager: string): Promise<void> {
      const path = `/api/v1/namespaces/${name}?fieldManager=${manager}`
      await bed.cluster.patch(path, { metadata: { labels: { 'istio.io/rev': revision } } }, 'merge')
    }
  },
}
