import { describe, expect, it } from 'vitest'

import { told, type Row } from '../testing/looking.ts'
import { pinnedConfig } from './pinned-config.ts'

const rows: readonly Row[] = [
  { when: 'none is', finds: [] },
  {
    when: 'one is',
    given: { mesh: { pinned: [{ cluster: 'east', about: 'VirtualService shop/api', revision: '1-30-0' }] } },
    finds: [
      'pinned VirtualService shop/api: VirtualService shop/api has label istio.io/rev=1-30-0: other control planes do not read it, and proxies would lose it on their way. Moving such configuration is not supported yet: take the label away if all may read it, then check again.',
    ],
  },
]

describe('pinned-config', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(pinnedConfig, given)).toEqual(finds)
  })
})
