import { checks } from '../checks.ts'
import { asksOf, blocking, foundIn, judge, progressOf, readsOf } from '../judge.ts'
import { sentences } from '../reason.ts'
import { defineStage, type Situation } from '../stage.ts'
import { checkSituation } from '../check-situation.ts'
import type { MeshPart } from '../mesh.ts'

const says = sentences('look', {
  blocked: 'The mesh cannot be looked at: {findings}',
  seen: 'The clusters answer and allow what the plan needs.',
})

const access = checks.filter((check) => check.gate === 'access')

/** A cluster that cannot be read has no other findings. */
export const look = defineStage<MeshPart>({
  id: 'look',
  title: 'Look at the clusters',
  reads: readsOf(access),
  says,
  asks: (s) => asksOf(access, checkSituation(s)),
  forward(s: Situation) {
    const judgements = judge(access, checkSituation(s))
    const progress = progressOf(judgements, s.upgrade.mesh.clusters[0] ?? '')
    const found = foundIn(judgements)
    const blocked = blocking(judgements)
    if (blocked.length > 0)
      return {
        kind: 'fail',
        because: says.say.blocked({ findings: blocked.map((one) => one.because.text) }),
        progress,
        found,
      }
    return { kind: 'done', because: says.say.seen(), progress, found }
  },
})
