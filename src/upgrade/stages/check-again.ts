import { checkSituation } from '../check-situation.ts'
import { anotherUpgrade } from '../checks/another-upgrade.ts'
import { revisionTaken } from '../checks/revision-taken.ts'
import { blocking, foundIn, judge, progressOf } from '../judge.ts'
import type { MeshPart } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { defineStage, type Situation } from '../stage.ts'
import { judgeStart } from './judge-start.ts'

const says = sentences('check-again', {
  fresh: 'The check of {minutes} minutes ago still counts, and nobody else has begun meanwhile.',
  taken: 'Since the check, somebody else has begun: {findings}',
})

/** A check has a lifetime (asm-api Q31): the mesh may have changed since. */
const lapsed = ({ upgrade, now, settings }: Situation): boolean =>
  now - (upgrade.checkedAt ?? 0) > settings.precheckValidMs

/** However fresh: two upgrades of one mesh from two servers would remove each other's control planes. */
const always = [anotherUpgrade, revisionTaken]

export const checkAgain = defineStage<MeshPart>({
  id: 'check-again',
  title: 'Check again if the check is old',
  reads: judgeStart.reads,
  says,
  asks: (s: Situation) => (lapsed(s) ? (judgeStart.asks?.(s) ?? []) : []),
  forward(s: Situation) {
    if (lapsed(s)) return judgeStart.forward(s)
    const judgements = judge(always, checkSituation(s))
    const found = foundIn(judgements)
    const blocked = blocking(judgements)
    if (blocked.length > 0)
      return {
        kind: 'fail',
        because: says.say.taken({ findings: blocked.map((one) => one.because.text) }),
        progress: progressOf(judgements, s.upgrade.mesh.clusters[0] ?? ''),
        found,
      }
    return {
      kind: 'done',
      because: says.say.fresh({ minutes: Math.round((s.now - (s.upgrade.checkedAt ?? 0)) / 60_000) }),
      found,
    }
  },
})
