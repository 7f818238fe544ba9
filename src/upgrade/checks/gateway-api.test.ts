import { describe, expect, it } from 'vitest'
import type { UnsupportedFact } from '../mesh.ts'
import { told, type Row } from '../testing/looking.ts'
import { gatewayApi } from './gateway-api.ts'

const fact = (what: UnsupportedFact['what']): UnsupportedFact => ({ cluster: 'east', what, about: 'shop/edge' })

const rows: readonly Row[] = [
  { when: 'there is none', finds: [] },
  {
    when: 'there is one',
    given: { mesh: { unsupported: [fact('kubernetes-gateway')] } },
    finds: [
      'gateway shop/edge: Gateway shop/edge (Kubernetes Gateway API) runs on Istio. Upgrading such gateways is not supported yet: two control planes may fight over its Deployment. Replace it by a gateway Deployment of your own, or wait for a version that can.',
    ],
  },
  {
    when: 'what is there is something else',
    given: { mesh: { unsupported: [fact('waypoint'), fact('ztunnel'), fact('istio-cni'), fact('ambient-namespace')] } },
    finds: [],
  },
]

describe('gateway-api', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(gatewayApi, given)).toEqual(finds)
  })
})
