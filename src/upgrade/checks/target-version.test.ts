import { describe, expect, it } from 'vitest'
import { oldPlane } from '../testing/facts.ts'
import { unseen } from '../testing/record.ts'
import { told, type Row } from '../testing/looking.ts'
import { targetVersion } from './target-version.ts'

const rows: readonly Row[] = [
  { when: 'the catalogue allows it', finds: [] },
  {
    when: 'it does not',
    given: { catalogue: { hop: (from, to) => `${from} is not two minors below ${to}; 1.32.1 would be accepted.` } },
    finds: [
      'refused 1.31.0: Control plane default cannot go from 1.30.0 to 1.31.0: 1.30.0 is not two minors below 1.31.0; 1.32.1 would be accepted. Ask for a version that is allowed.',
    ],
  },
  {
    when: 'the old version cannot be read',
    given: { upgrade: { from: { ...oldPlane, version: '' } } },
    finds: [
      'unknown default: The version of control plane default cannot be read: its image has no tag. Give its image a version tag, so that it can be told where it may go.',
    ],
  },
  {
    when: 'nothing is there to go from: another check says so',
    given: { upgrade: unseen, catalogue: { hop: () => 'no' } },
    finds: [],
  },
]

describe('target-version', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(targetVersion, given)).toEqual(finds)
  })
})
