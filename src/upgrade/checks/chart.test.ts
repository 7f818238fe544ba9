import { describe, expect, it } from 'vitest'
import { release } from '../testing/facts.ts'
import { chartProbes } from '../facts/chart-probe.ts'
import { situation } from '../testing/looking.ts'
import { told, type Row } from '../testing/looking.ts'
import { chart } from './chart.ts'

const rows: readonly Row[] = [
  { when: 'both can be used', finds: [] },
  {
    when: 'helm is not there',
    given: { answers: [{ ask: 'chart', problem: 'no program helm in PATH.' }] },
    finds: [
      'noHelm east: The program helm cannot be used: no program helm in PATH. Install Helm 3 or 4 where meshlift runs, or set its path, then check again.',
    ],
  },
  {
    when: 'helm is not there and nothing says why',
    given: { answers: [{ ask: 'chart' }] },
    finds: [
      'noHelm east: The program helm cannot be used. Install Helm 3 or 4 where meshlift runs, or set its path, then check again.',
    ],
  },
  {
    when: 'the chart cannot be pulled',
    given: {
      answers: [{ ask: 'chart', helm: '4.1.4', problem: 'chart istiod 1.31.0 not found in https://charts.test.' }],
    },
    finds: [
      'unusable istiod-1-31-0: The charts of Istio 1.31.0 cannot be used for istiod-1-31-0: chart istiod 1.31.0 not found in https://charts.test. Correct where they come from, or the values that they do not take, then check again.',
    ],
  },
  {
    when: 'the answer is to something else',
    given: { answers: [{ ask: 'dry-run-pod', pods: [] }] },
    finds: [
      'unusable istiod-1-31-0: The charts of Istio 1.31.0 cannot be used for istiod-1-31-0: nobody answered the question. Correct where they come from, or the values that they do not take, then check again.',
    ],
  },
  { when: 'the old release is unknown: another check says so', given: { mesh: { releases: [] } }, finds: [] },
]

describe('chart', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(chart, given)).toEqual(finds)
  })

  it('asks with the values that the installation would use', () => {
    const old = release('istiod', 'istiod', '1.30.0', {
      values: { pilot: { cpu: 1 }, revisionTags: ['prod'], global: { tag: '1.30.0' } },
    })
    expect(chartProbes(situation({ mesh: { releases: [old] }, values: { pilot: { cpu: 2 } } }))).toEqual([
      {
        ask: 'chart',
        cluster: 'east',
        version: '1.31.0',
        revision: '1-31-0',
        release: 'istiod-1-31-0',
        values: { pilot: { cpu: 2 }, revision: '1-31-0', global: { tag: '1.31.0' } },
      },
    ])
  })
})
