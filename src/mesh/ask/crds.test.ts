import { expect, test } from 'vitest'
import type { KubeObject } from '../cluster.ts'
import { isAsWanted } from './crds.ts'

function crd(spec: unknown, established = 'True'): KubeObject {
  const status = { conditions: [{ type: 'Established', status: established }] }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'x' },
    spec,
    status,
  }
}
const version = (name: string) => ({ name, served: true, schema: { openAPIV3Schema: { type: 'object' } } })

test('what the server fills in does not make a CRD differ from its chart', () => {
  const chart = crd({ group: 'networking.istio.io', versions: [version('v1')], preserveUnknownFields: false })
  const live = crd({
    group: 'networking.istio.io',
    conversion: { strategy: 'None' },
    versions: [{ ...version('v1'), storage: false }],
  })
  expect(isAsWanted(live, chart)).toBe(true)
})

test('a version more, less or another one is behind', () => {
  const chart = crd({ versions: [version('v1'), version('v1beta1')] })
  expect(isAsWanted(crd({ versions: [version('v1beta1')] }), chart)).toBe(false)
  expect(isAsWanted(crd({ versions: [version('v1'), version('v1beta1'), version('v1alpha3')] }), chart)).toBe(false)
  expect(isAsWanted(crd({ versions: [version('v1'), version('v1alpha3')] }), chart)).toBe(false)
  expect(isAsWanted(crd({}), chart)).toBe(false)
})

test('a CRD that is not served yet is behind', () => {
  expect(isAsWanted(crd({ versions: [] }, 'False'), crd({ versions: [] }))).toBe(false)
})
