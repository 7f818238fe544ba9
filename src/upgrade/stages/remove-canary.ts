import { askBelongings, removeControlPlane } from '../moves/removal.ts'
import { residueOf, residueParts } from '../facts/residue.ts'
import { few } from '../facts/few.ts'
import { sentences } from '../reason.ts'
import { defineStage } from '../stage.ts'

const says = sentences('remove-canary', {
  leaving: 'Waiting for pods of control plane {revision} that are terminating: {objects}.',
  inUse: 'These still use {revision}: {objects}. Move or delete them; then it is removed.',
  nothing: 'This upgrade had not installed a control plane; there is none to remove.',
  removed: 'Control plane {revision} is gone. CRDs stay as they are: they never go back.',
})

/** A revision is there while any object or release record of it is: half an installation goes too. */
export const removeCanary = defineStage({
  id: 'remove-canary',
  title: 'Remove the new control plane',
  reads: residueParts,
  says,
  asks: ({ upgrade }) => (upgrade.installs ? askBelongings(upgrade.mesh.clusters, upgrade.to) : []),
  forward({ upgrade, seen, answers }) {
    const { revision } = upgrade.to
    if (!upgrade.installs) return { kind: 'done', because: says.say.nothing() }
    const residue = residueOf(upgrade.to, upgrade.from, seen)
    const staying = residue.filter((one) => !one.leaving)
    if (staying.length > 0)
      return {
        kind: 'hold',
        needs: 'repair',
        because: says.say.inUse({ revision, objects: few(staying.map((one) => one.about)) }),
      }
    if (residue.length > 0)
      return {
        kind: 'wait',
        lookAgainInMs: 1000,
        because: says.say.leaving({ revision, objects: few(residue.map((one) => one.about)) }),
      }
    return (
      removeControlPlane(upgrade.mesh.clusters, answers, upgrade.to) ?? {
        kind: 'done',
        because: says.say.removed({ revision }),
      }
    )
  },
})
