import { askBelongings, removeControlPlane } from '../removal.ts'
import { sentences } from '../reason.ts'
import { defineStage } from '../stage.ts'

const says = sentences('remove-old', {
  removed: 'Control plane {revision} and its Helm release {release} are gone.',
})

/** The point of no return is the note of the first removal. */
export const removeOld = defineStage({
  id: 'remove-old',
  title: 'Remove the old control plane',
  reads: [],
  says,
  asks: ({ upgrade }) => askBelongings(upgrade.mesh.clusters, upgrade.from),
  forward({ upgrade, answers }) {
    const verdict = removeControlPlane(upgrade.mesh.clusters, answers, upgrade.from)
    if (!verdict)
      return {
        kind: 'done',
        because: says.say.removed({ revision: upgrade.from.revision, release: upgrade.from.release }),
      }
    return verdict.kind === 'act' ? { ...verdict, final: true } : verdict
  },
})
