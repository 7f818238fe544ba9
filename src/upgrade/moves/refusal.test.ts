import { expect, it } from 'vitest'
import type { Answer } from '../mesh.ts'
import { isRefusedByOthers } from './refusal.ts'

const refused = (text: string): readonly Answer[] => [{ ask: 'dry-run-pod', pods: [{ refused: text }] }]

it.each([
  ['pods "probe" is forbidden: exceeded quota: pods', true],
  ['admission webhook "images.example" denied the request: not from our registry', true],
  ['Internal error occurred: failed calling webhook "rev.namespace.sidecar-injector.istio.io": no endpoints', false],
  ['Pod "probe" is invalid: spec.containers[1].name: Duplicate value: "istio-proxy"', false],
])('%s: by others %s', (text, others) => {
  expect(isRefusedByOthers(refused(text))).toBe(others)
})

it('is no refusal when pods are made', () => {
  expect(isRefusedByOthers([{ ask: 'dry-run-pod', pods: [{ injection: undefined }] }])).toBe(false)
})
