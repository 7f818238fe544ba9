import { residueOf, residueParts } from '../facts/residue.ts'
import { few } from '../facts/few.ts'
import { sentences } from '../reason.ts'
import { fewRows } from '../rows.ts'
import { defineStage, type Progress } from '../stage.ts'

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
    const each = residue.map(({ about, leaving }): Progress => ({
      cluster,
      object: about.replaceAll('/', ':'),
      phase: leaving ? 'Running' : 'Failed',
      reason: leaving ? 'terminating' : `needs ${revision}`,
    }))
    const progress = fewRows(each)
    if (staying.length > 0)
      return {
        kind: 'hold',
        needs: 'repair',
        because: says.say.inUse({ revision, objects: few(staying.map((one) => one.about)) }),
        progress,
        namesAll: true,
      }
    if (residue.length > 0)
      return {
        kind: 'wait',
        lookAgainInMs: 1000,
        because: says.say.leaving({ revision, objects: few(residue.map((one) => one.about)) }),
        progress,
        namesAll: true,
      }
    return { kind: 'done', because: says.say.unused({ revision }), namesAll: true }
  },
})
