import { askBelongings, removeControlPlane } from '../moves/removal.ts'
import { sentences } from '../reason.ts'
import { residueParts } from '../facts/residue.ts'
import { defineStage } from '../stage.ts'
import { guardFinish } from './guard-finish.ts'

const says = sentences('remove-old', {
  removed: 'Control plane {revision} and its Helm release {release} are gone.',
})

/** The point of no return is the note of the first removal. */
export const removeOld = defineStage({
  id: 'remove-old',
  title: 'Remove the old control plane',
  reads: residueParts,
  says,
  asks: ({ upgrade }) => askBelongings(upgrade.mesh.clusters, upgrade.from),
  forward(s) {
    const { upgrade, answers } = s
    // Looked at once more in the very look that decides: between the guard and now the process may have been away.
    const guarded = guardFinish.forward(s)
    if (!upgrade.pastReturn && guarded.kind !== 'done') return guarded
    const verdict = removeControlPlane(upgrade.mesh.clusters, answers, upgrade.from)
    if (!verdict)
      return {
        kind: 'done',
        because: says.say.removed({ revision: upgrade.from.revision, release: upgrade.from.release }),
      }
    return verdict.kind === 'act' ? { ...verdict, final: true } : verdict
  },
})
