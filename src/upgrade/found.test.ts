import { describe, expect, it } from 'vitest'
import { foundKeys, lastFound, type Found, type KeptFinding } from './found.ts'
import { foundIn } from './judge.ts'
import type { JobRecord } from './record.ts'

const order = ['first', 'second', 'third'] as const
const [first, second, third] = order
const finding = (check: string, about = 'shop'): KeptFinding => ({
  check,
  weight: 'warns',
  about,
  code: `${check}/word`,
  text: 'Correct it.',
})
const run = (ran: readonly string[], ...findings: readonly KeptFinding[]): Found => ({ checks: ran, findings })

describe('what checks found last', () => {
  it('is the newest run of each, also when that found nothing', () => {
    const early = run([first, second, third], finding(first), finding(second, 'old'), finding(third))
    const late = run([second, third], finding(second, 'new'))
    expect(lastFound([late, early], order)).toEqual([finding(first), finding(second, 'new')])
    expect(lastFound([], order)).toEqual([])
  })

  it('comes in the order of the checks, those that are no longer known last', () => {
    const told = lastFound([run(['gone', third], finding('gone'), finding(third)), run([first], finding(first))], order)
    expect(told.map(({ check }) => check)).toEqual([first, third, 'gone'])
  })

  it('names every check that ran and every finding with its sentence', () => {
    const because = { code: 'a/word', text: 'Correct it.', facts: { count: 1 } }
    const title = 'Title'
    expect(
      foundIn([
        { check: 'a', title, weight: 'blocks', findings: [{ about: 'shop', because }] },
        { check: 'b', title, weight: 'warns', findings: [] },
      ]),
    ).toEqual({
      checks: ['a', 'b'],
      findings: [{ check: 'a', weight: 'blocks', about: 'shop', code: 'a/word', text: 'Correct it.' }],
    })
  })

  it('is kept by job and stage, and looked for from the newest job on', () => {
    const job = (id: string, kind: JobRecord['kind']): JobRecord => ({
      id,
      kind,
      action: 'Execute',
      named: 'PreCheck',
      phase: 'Success',
      reason: '',
      createdAt: 0,
    })
    expect(foundKeys([job('a', 'PreCheck'), job('b', 'ControlPlaneUpgrade'), job('c', 'DataPlaneUpgrade')])).toEqual([
      'found/b/check-again',
      'found/a/judge-start',
      'found/a/look',
    ])
  })
})
