import { describe, expect, it } from 'vitest'

import { told, type Row } from '../testing/looking.ts'
import { istioCni } from './istio-cni.ts'

const rows: readonly Row[] = [
  { when: 'there is none', finds: [] },
  {
    when: 'there is one',
    given: { mesh: { unsupported: [{ cluster: 'east', what: 'istio-cni', about: 'kube-system/istio-cni-node' }] } },
    finds: [
      'shared kube-system/istio-cni-node: DaemonSet kube-system/istio-cni-node (istio-cni) serves all revisions and is left as it is. It may be one minor version behind the control plane: upgrade it yourself when this upgrade is finished.',
    ],
  },
  {
    when: 'what is there is something else',
    given: { mesh: { unsupported: [{ cluster: 'east', what: 'ztunnel', about: 'istio-system/ztunnel' }] } },
    finds: [],
  },
]

describe('istio-cni', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(istioCni, given)).toEqual(finds)
  })
})
