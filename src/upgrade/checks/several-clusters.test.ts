import { describe, expect, it } from 'vitest'

import { told, type Row } from '../testing/looking.ts'
import { severalClusters } from './several-clusters.ts'

const rows: readonly Row[] = [
  { when: 'there is one', finds: [] },
  {
    when: 'there are two',
    given: { upgrade: { mesh: { id: 'm1', name: 'prod', clusters: ['east', 'west'] } } },
    finds: [
      'several prod: Mesh prod has 2 clusters (east, west). A mesh of more than one cluster is not supported yet: register each cluster as a mesh of its own only if they do not talk to each other.',
    ],
  },
]

describe('several-clusters', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(severalClusters, given)).toEqual(finds)
  })
})
