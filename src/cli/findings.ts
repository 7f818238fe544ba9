/** What checks found, and what an upgrade will do, in words. */

import type { CheckReport, UpgradeDetail, UpgradePlan } from '../contract/extensions.ts'
import type { StepName } from '../contract/upgrades.ts'
import type { Paint } from './print.ts'

export const blocks = ({ findings }: CheckReport): boolean => findings.some(({ weight }) => weight === 'blocks')

export function findingLines({ mesh, from, to, findings, checks }: CheckReport, paint: Paint): readonly string[] {
  const count = (weight: 'blocks' | 'warns'): number => findings.filter((one) => one.weight === weight).length
  return [
    `${checks.length} checks of mesh ${mesh.name}, ${from.revision} (${from.version}) to ${to.revision} (${to.version}): ` +
      (findings.length === 0 ? 'all quiet.' : `${count('blocks')} block, ${count('warns')} warn.`),
    ...foundLines(findings, paint),
  ]
}

/** Blocking ones first. */
export const foundLines = (findings: CheckReport['findings'], paint: Paint): readonly string[] =>
  findings
    .toSorted((a, b) => a.weight.localeCompare(b.weight))
    .map(
      ({ weight, about, code, text }) =>
        `  ${paint(weight === 'blocks' ? 'red' : 'yellow', weight.padEnd(6))}  ${about}  ${text} ${paint('dim', `[${code}]`)}`,
    )

/** What PreCheck found, read off its rows: one a check, one below it an object. */
export function precheckLines({ steps }: UpgradeDetail, paint: Paint): readonly string[] {
  const rows = steps
    .filter(({ name }) => name === 'PreCheck')
    .flatMap(({ stages }) => stages.flatMap((stage) => stage.rows))
  const found = rows.filter(({ path }) => path.split('/').length > 2)
  const blocking = found.filter(({ phase }) => phase === 'Failed')
  const warning = found.filter(({ phase, reason }) => phase !== 'Failed' && reason.startsWith(warned))
  return [
    ...blocking.map(({ title, reason }) => `  ${paint('red', 'blocks')}  ${title}  ${reason}`),
    ...warning.map(({ title, reason }) => `  ${paint('yellow', 'warns ')}  ${title}  ${reason.slice(warned.length)}`),
  ]
}

const warned = 'warning: '

export function planLines({ steps }: UpgradePlan, through: readonly StepName[], paint: Paint): readonly string[] {
  return steps
    .filter(({ name }) => through.includes(name))
    .flatMap(({ name, stages }) => [
      paint('bold', name),
      ...stages.flatMap(({ title, actions }) => [
        `  ${title}`,
        ...actions.map((action) => `    ${paint('cyan', '>')} ${action}`),
      ]),
    ])
}
