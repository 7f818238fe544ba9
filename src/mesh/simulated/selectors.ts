/** Label selectors, as objects and as query texts. */

import { Problem } from '../../lib/problem.ts'
import type { Labels, Selector } from '../../upgrade/mesh.ts'

/** An empty or absent selector matches everything, as the API server has it. */
export function matches(selector: Selector | undefined, labels: Labels | undefined): boolean {
  const have = labels ?? {}
  const equal = Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => have[key] === value)
  return equal && (selector?.matchExpressions ?? []).every((each) => holds(each, have))
}

type Expression = NonNullable<Selector['matchExpressions']>[number]

function holds({ key, operator, values }: Expression, have: Labels): boolean {
  const value = have[key]
  switch (operator) {
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'In':
      return value !== undefined && (values ?? []).includes(value)
    case 'NotIn':
      return value === undefined || !(values ?? []).includes(value)
  }
}

/** The query form: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas. */
export function parseSelector(text: string): Selector {
  const parts = text
    .split(/,(?![^(]*\))/)
    .map((each) => each.trim())
    .filter((each) => each !== '')
  return { matchExpressions: parts.map(parseRequirement) }
}

function parseRequirement(text: string): Expression {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text)
  if (set) {
    const [, key = '', operator, values = ''] = set
    return { key, operator: operator === 'in' ? 'In' : 'NotIn', values: values.split(',').map((each) => each.trim()) }
  }
  const equality = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(text)
  if (equality) {
    const [, key = '', operator, value = ''] = equality
    return { key, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] }
  }
  if (/^!?[^\s=!]+$/.test(text))
    return text.startsWith('!') ? { key: text.slice(1), operator: 'DoesNotExist' } : { key: text, operator: 'Exists' }
  throw new Problem({
    kind: 'invalid',
    code: 'simulated/selector',
    text: `Unable to parse the label selector "${text}".`,
  })
}
