import { checks } from '../checks.ts'
import { checkSituation } from '../check-situation.ts'
import { findOld } from '../facts/find-old.ts'
import { asksOf, blocking, foundIn, judge, progressOf, readsOf, warning } from '../judge.ts'
import type { MeshPart } from '../mesh.ts'
import { sentences } from '../reason.ts'
import { defineStage, type Situation } from '../stage.ts'

const says = sentences('judge-start', {
  blocked: 'Blocked by findings ({count}): {findings}',
  warned: '{checks} checks found nothing that blocks. Warnings ({count}): {findings}',
  quiet: '{checks} checks found nothing.',
})

const start = checks.filter((check) => check.gate === 'start')

/** Every check speaks of the control plane that is replaced, so it is found first. */
function withOld(s: Situation): Situation {
  const old = findOld(s.seen, s.upgrade.to.revision)
  return { ...s, upgrade: { ...s.upgrade, ...old } }
}

export const judgeStart = defineStage<MeshPart>({
  id: 'judge-start',
  title: 'Check the mesh',
  reads: [...new Set<MeshPart>([...readsOf(start), 'controlPlanes', 'releases', 'webhooks', 'namespaces', 'pods'])],
  says,
  asks: (s: Situation) => asksOf(start, checkSituation(withOld(s))),
  forward(situation: Situation) {
    const s = withOld(situation)
    const judgements = judge(start, checkSituation(s))
    const progress = progressOf(judgements, s.upgrade.mesh.clusters[0] ?? '')
    const found = foundIn(judgements)
    const blocked = blocking(judgements)
    if (blocked.length > 0)
      return {
        kind: 'fail',
        because: says.say.blocked({ count: blocked.length, findings: blocked.map((one) => one.because.text) }),
        progress,
        found,
      }
    const { from, baseRelease } = s.upgrade
    const learned = { from, baseRelease, checkedAt: s.now }
    const warnings = warning(judgements)
    if (warnings.length > 0)
      return {
        kind: 'done',
        because: says.say.warned({
          checks: judgements.length,
          count: warnings.length,
          findings: warnings.map((one) => one.because.text),
        }),
        progress,
        learned,
        found,
      }
    return { kind: 'done', because: says.say.quiet({ checks: judgements.length }), progress, learned, found }
  },
})
