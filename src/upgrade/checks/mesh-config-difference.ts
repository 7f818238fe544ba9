import { chartAnswers, chartProbes } from '../facts/chart-probe.ts'
import { defineCheck } from '../check.ts'
import { few } from '../facts/few.ts'
import { sentences } from '../reason.ts'

const says = sentences('mesh-config-difference', {
  differs:
    'The mesh configuration of {revision} would not be that of {old}: {lines}. Set what you want to keep in meshConfig of the values; what a newer chart leaves out may be its new default.',
})

/** What the chart renders with the old release's values is not always what it rendered then (1.31 has no zipkin by default any more, 1.22 had). */
export const meshConfigDifference = defineCheck({
  id: 'mesh-config-difference',
  title: 'The new control plane has the same mesh configuration',
  gate: 'start',
  weight: 'warns',
  reads: ['releases', 'meshConfigs'],
  says,
  asks: chartProbes,
  look: (s) =>
    chartAnswers(s).flatMap(({ cluster, answer }) => {
      const { from, to } = s.upgrade
      const old = s.seen.meshConfigs.find((one) => one.cluster === cluster && one.revision === from.revision)?.mesh
      if (old === undefined || answer?.meshConfig === undefined) return []
      const lines = differentLines(old, answer.meshConfig)
      if (lines.length === 0) return []
      return [
        {
          about: to.revision,
          because: says.say.differs({ revision: to.revision, old: from.revision, lines: few(lines, 10) }),
        },
      ]
    }),
})

/** `without "gone"`, `with "new"`. Both are Helm's rendering, with sorted keys, so lines can be compared. */
function differentLines(old: string, next: string): readonly string[] {
  const [before, after] = [linesOf(old), linesOf(next)]
  return [
    ...without(before, after).map((line) => `without "${shown(line)}"`),
    ...without(after, before).map((line) => `with "${shown(line)}"`),
  ]
}

/** The discovery address names the revision: it always differs, and must. */
function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.trimStart().startsWith('discoveryAddress:'))
}

/** Each line of `others` takes away one equal line only: a repeated line that is there once less is told. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count < 1
  })
}

/** A tracer's access token may stand here. */
function shown(line: string): string {
  const text = line.trim()
  return /token|secret|password|credential|authorization|bearer|api-?key/i.test(text)
    ? text.replace(/:.*/, ': (not shown)')
    : text
}
