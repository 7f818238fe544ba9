import { describe, expect, it } from 'vitest'
import { quietMesh } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { baseNewer } from './base-newer.ts'

const base = (chartVersion: string): NonNullable<Row['given']> => ({
  mesh: {
    releases: quietMesh().releases.map((release) =>
      release.chart === 'base' ? { ...release, chartVersion } : release,
    ),
  },
})

const rows: readonly Row[] = [
  { when: 'the base release is older', finds: [] },
  { when: 'it is as new as the target', given: base('1.31.0'), finds: [] },
  {
    when: 'it is newer',
    given: base('1.32.1'),
    finds: [
      'newer istio-system/istio-base: Helm release istio-base is already at base 1.32.1, newer than the target 1.31.0: its CRDs would go back, and fields in use would be lost. Ask for 1.32.1 or newer.',
    ],
  },
]

describe('base-newer', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(baseNewer, given)).toEqual(finds)
  })
})
