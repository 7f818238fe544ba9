import { residueOf, residueParts } from '../residue.ts'
import { sentences } from '../reason.ts'
import { defineStage } from '../stage.ts'

const says = sentences('guard-finish', {
  leaving: 'Waiting for pods of control plane {revision} that are terminating: {objects}.',
  inUse:
    'Nothing was removed: these still need control plane {revision}: {objects}. Move or delete them and retry, or roll back; the way back is open.',
  unused: 'Nothing needs control plane {revision} any more.',
})

/** The last look before the point of no return. */
export const guardFinish = defineStage({
  id: 'guard-finish',
  title: 'Make sure that nothing needs the old control plane',
  reads: residueParts,
  says,
  forward({ upgrade, seen }) {
    const residue = residueOf(upgrade.from, upgrade.to, seen)
    const { revision } = upgrade.from
    const staying = residue.filter((one) => !one.leaving)
    const cluster = upgrade.mesh.clusters[0] ?? ''
    const progress = residue.map(({ about, leaving }) => ({
      cluster,
      object: about.replaceAll('/', ':'),
      phase: leaving ? ('Running' as const) : ('Failed' as const),
      reason: leaving ? 'terminating' : `needs ${revision}`,
    }))
    if (staying.length > 0)
      return {
        kind: 'hold',
        needs: 'repair',
        because: says.say.inUse({ revision, objects: staying.map((one) => one.about) }),
        progress,
      }
    if (residue.length > 0)
      return {
        kind: 'wait',
        lookAgainInMs: 1000,
        because: says.say.leaving({ revision, objects: residue.map((one) => one.about) }),
        progress,
      }
    return { kind: 'done', because: says.say.unused({ revision }) }
  },
})
