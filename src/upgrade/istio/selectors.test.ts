import { describe, expect, it } from 'vitest'
import type { Selector } from '../mesh.ts'
import { isNeverMatch, matches, neverMatch } from './selectors.ts'

const expression = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', ...values: readonly string[]): Selector => ({
  matchExpressions: [{ key: 'k', operator, ...(values.length > 0 && { values }) }],
})

const table: readonly {
  readonly when: string
  readonly selector: Selector
  readonly labels: Readonly<Record<string, string>>
  readonly is: boolean
}[] = [
  { when: 'an empty selector: everything', selector: {}, labels: {}, is: true },
  { when: 'a label as wanted', selector: { matchLabels: { k: 'a' } }, labels: { k: 'a', other: 'b' }, is: true },
  { when: 'a label with another value', selector: { matchLabels: { k: 'a' } }, labels: { k: 'b' }, is: false },
  { when: 'one of two labels', selector: { matchLabels: { k: 'a', l: 'b' } }, labels: { k: 'a' }, is: false },
  { when: 'In, one of them', selector: expression('In', 'a', 'b'), labels: { k: 'b' }, is: true },
  { when: 'In, another', selector: expression('In', 'a'), labels: { k: 'c' }, is: false },
  { when: 'In, no such label', selector: expression('In', 'a'), labels: {}, is: false },
  { when: 'NotIn, another', selector: expression('NotIn', 'a'), labels: { k: 'c' }, is: true },
  { when: 'NotIn, one of them', selector: expression('NotIn', 'a'), labels: { k: 'a' }, is: false },
  { when: 'NotIn, no such label: matches', selector: expression('NotIn', 'a'), labels: {}, is: true },
  { when: 'Exists, with an empty value', selector: expression('Exists'), labels: { k: '' }, is: true },
  { when: 'Exists, no such label', selector: expression('Exists'), labels: {}, is: false },
  { when: 'DoesNotExist, no such label', selector: expression('DoesNotExist'), labels: {}, is: true },
  { when: 'DoesNotExist, an empty value', selector: expression('DoesNotExist'), labels: { k: '' }, is: false },
  {
    when: 'labels and expressions: both must match',
    selector: { matchLabels: { k: 'a' }, ...expression('NotIn', 'a') },
    labels: { k: 'a' },
    is: false,
  },
]

describe('a label selector', () => {
  it.each(table)('$when', ({ selector, labels, is }) => {
    expect(matches(selector, labels)).toBe(is)
  })

  it('that never matches matches nothing', () => {
    expect(matches(neverMatch, {})).toBe(false)
    expect(matches(neverMatch, { 'istio-injection': 'enabled', 'istio.io/rev': 'default' })).toBe(false)
    expect(isNeverMatch(neverMatch)).toBe(true)
    expect(isNeverMatch({ matchLabels: { 'istio.io/rev': 'default' } })).toBe(false)
    expect(isNeverMatch({})).toBe(false)
  })
})
