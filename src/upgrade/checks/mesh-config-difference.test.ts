import { describe, expect, it } from 'vitest'
import type { Answer } from '../mesh.ts'
import { controlPlane, meshConfig, newPlane, oldPlane } from '../testing/facts.ts'
import { told, type Row } from '../testing/looking.ts'
import { meshConfigDifference } from './mesh-config-difference.ts'

const given = (old: string, next: string) => ({
  mesh: { meshConfigs: [meshConfig(oldPlane, old)] },
  answers: [{ ask: 'chart', helm: '4.1.4', meshConfig: next } satisfies Answer],
})

const rows: readonly Row[] = [
  { when: 'only the discovery address differs', finds: [] },
  {
    when: 'a newer chart leaves something out',
    given: given(
      'a: 1\ndefaultConfig:\n  discoveryAddress: istiod.istio-system.svc:15012\n  tracing:\n    zipkin:\n      address: zipkin.istio-system:9411\n',
      'a: 1\ndefaultConfig:\n  discoveryAddress: istiod-1-31-0.istio-system.svc:15012\n',
    ),
    finds: [
      'differs 1-31-0: The mesh configuration of 1-31-0 would not be that of default: without "tracing:", without "zipkin:", without "address: zipkin.istio-system:9411". Set what you want to keep in meshConfig of the values; what a newer chart leaves out may be its new default.',
    ],
  },
  {
    when: 'a value changes',
    given: given('enableTracing: true', 'enableTracing: false\n'),
    finds: [
      'differs 1-31-0: The mesh configuration of 1-31-0 would not be that of default: without "enableTracing: true", with "enableTracing: false". Set what you want to keep in meshConfig of the values; what a newer chart leaves out may be its new default.',
    ],
  },
  {
    when: 'a line that stands twice is there once',
    given: given('x:\n- name: a\ny:\n- name: a', 'x:\n- name: a\ny:'),
    finds: [
      'differs 1-31-0: The mesh configuration of 1-31-0 would not be that of default: without "- name: a". Set what you want to keep in meshConfig of the values; what a newer chart leaves out may be its new default.',
    ],
  },
  { when: 'blanks at the ends differ', given: given('a: 1  \n\nb: 2', 'a: 1\nb: 2\n'), finds: [] },
  {
    when: 'thirty lines differ',
    given: given('', Array.from({ length: 30 }, (_, n) => `key${n}: ${n}`).join('\n')),
    finds: [
      'differs 1-31-0: The mesh configuration of 1-31-0 would not be that of default: with "key0: 0", with "key1: 1", with "key2: 2", with "key3: 3", with "key4: 4", with "key5: 5", with "key6: 6", with "key7: 7", with "key8: 8", with "key9: 9", and 20 more. Set what you want to keep in meshConfig of the values; what a newer chart leaves out may be its new default.',
    ],
  },
  {
    when: 'a secret is among them',
    given: given('lightstep:\n  accessToken: abc123', ''),
    finds: [
      'differs 1-31-0: The mesh configuration of 1-31-0 would not be that of default: without "lightstep:", without "accessToken: (not shown)". Set what you want to keep in meshConfig of the values; what a newer chart leaves out may be its new default.',
    ],
  },
  { when: 'the old one cannot be read', given: { mesh: { meshConfigs: [] } }, finds: [] },
  {
    when: 'the chart was not rendered: another check says so',
    given: { answers: [{ ask: 'chart', problem: 'no program helm' }] },
    finds: [],
  },
  {
    when: 'the old release is unknown',
    given: { mesh: { releases: [], controlPlanes: [controlPlane(newPlane)] } },
    finds: [],
  },
]

describe('mesh-config-difference', () => {
  it.each(rows)('$when', ({ given, finds }) => {
    expect(told(meshConfigDifference, given)).toEqual(finds)
  })
})
