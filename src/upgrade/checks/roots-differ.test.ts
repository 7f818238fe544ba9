import { describe, expect, it } from 'vitest'

import { told, type Row } from '../testing/looking.ts'
import { rootsDiffer } from './roots-differ.ts'

const root = (namespace: string, fingerprint: string) => ({
  cluster: 'east',
  about: `${namespace}/istio-ca-root-cert`,
  fingerprint,
})

const rows: readonly Row[] = [
  { when: 'all are the same', finds: [] },
  { when: 'none is seen', given: { mesh: { roots: [] } }, finds: [] },
  {
    when: 'the same bundle stands in another order',
    given: {
      mesh: { roots: [root('istio-system', 'a'), root('istio-system', 'b'), root('shop', 'b'), root('shop', 'a')] },
    },
    finds: [],
  },
  {
    when: 'a namespace has another root',
    given: { mesh: { roots: [root('istio-system', 'a'), root('pay', 'a'), root('shop', 'b')] } },
    finds: [
      'differ istio-system/istio-ca-root-cert: istio-system/istio-ca-root-cert holds another root certificate than shop/istio-ca-root-cert: pods there stop trusting pods elsewhere when they restart. Let the change of the root end everywhere, then check again.',
    ],
  },
  {
    when: 'a namespace lacks one of the bundle',
    given: { mesh: { roots: [root('istio-system', 'a'), root('istio-system', 'b'), root('shop', 'a')] } },
    finds: [
      'differ istio-system/istio-ca-root-cert: istio-system/istio-ca-root-cert holds another root certificate than shop/istio-ca-root-cert: pods there stop trusting pods elsewhere when they restart. Let the change of the root end everywhere, then check again.',
    ],
  },
  {
    when: 'istiod has none, and namespaces differ',
    given: { mesh: { roots: [root('pay', 'a'), root('shop', 'b')] } },
    finds: [
      'differ pay/istio-ca-root-cert: pay/istio-ca-root-cert holds another root certificate than shop/istio-ca-root-cert: pods there stop trusting pods elsewhere when they restart. Let the change of the root end everywhere, then check again.',
    ],
  },
]

describe('roots-differ', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(rootsDiffer, given)).toEqual(finds)
  })
})
