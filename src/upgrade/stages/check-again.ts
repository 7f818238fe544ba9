import type { MeshPart } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { defineStage, type Situation } from '../stage.ts'
import { judgeStart } from './judge-start.ts'

const says = sentences('check-again', {
  fresh: 'The check of {minutes} minutes ago still counts.',
})

/** A check has a lifetime (asm-api Q31): the mesh may have changed since. */
const lapsed = ({ upgrade, now, settings }: Situation): boolean =>
  now - (upgrade.checkedAt ?? 0) > settings.precheckValidMs

export const checkAgain = defineStage<MeshPart>({
  id: 'check-again',
  title: 'Check again if the check is old',
  reads: judgeStart.reads,
  says,
  asks: (s: Situation) => (lapsed(s) ? (judgeStart.asks?.(s) ?? []) : []),
  forward(s: Situation) {
    if (lapsed(s)) return judgeStart.forward(s)
    return {
      kind: 'done',
      because: says.say.fresh({ minutes: Math.round((s.now - (s.upgrade.checkedAt ?? 0)) / 60_000) }),
    }
  },
})
