import { chartAnswers, chartProbes } from '../facts/chart-probe.ts'
import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'

const says = sentences('chart', {
  noHelm:
    'The program helm cannot be used{problem}. Install Helm 3 or 4 where meshlift runs, or set its path, then check again.',
  unusable:
    'The charts of Istio {version} cannot be used for {release}: {problem}. Correct where they come from, or the values that they do not take, then check again.',
})

/** The charts are pulled and rendered now, with the values of the installation: not found out when the plan is half done. */
export const chart = defineCheck({
  id: 'chart',
  title: 'Helm and the charts of the target can be used',
  gate: 'start',
  weight: 'blocks',
  reads: ['releases'],
  says,
  asks: chartProbes,
  look: (s) =>
    chartAnswers(s).flatMap(({ cluster, answer }) => {
      const { version, release } = s.upgrade.to
      const problem = answer ? answer.problem?.replace(/\.$/, '') : 'nobody answered the question'
      if (answer && answer.helm === undefined)
        return [{ about: cluster, because: says.say.noHelm({ problem: problem === undefined ? '' : `: ${problem}` }) }]
      return problem === undefined
        ? []
        : [{ about: release, because: says.say.unusable({ version, release, problem }) }]
    }),
})
