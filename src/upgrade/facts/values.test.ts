import { describe, expect, it } from 'vitest'
import { newPlane } from '../testing/facts.ts'
import { valuesFor } from './values.ts'

const own = { revision: '1-31-0', global: { tag: '1.31.0' } }

describe('values of the new revision', () => {
  it.each([
    { when: 'the old ones are empty', old: {}, override: {}, is: own },
    {
      when: 'the old ones name their revision, tags and version',
      old: {
        revision: '1-30-0',
        revisionTags: ['prod'],
        global: { tag: '1.30.0', hub: 'registry.test/istio', proxy: { cpu: 1 } },
      },
      override: {},
      is: { revision: '1-31-0', global: { tag: '1.31.0', hub: 'registry.test/istio', proxy: { cpu: 1 } } },
    },
    {
      when: 'the operator overrides member by member',
      old: { meshConfig: { accessLogFile: '/dev/stdout', enableTracing: true }, pilot: { env: { A: '1' } } },
      override: { meshConfig: { enableTracing: false }, pilot: { env: { B: '2' } } },
      is: {
        ...own,
        meshConfig: { accessLogFile: '/dev/stdout', enableTracing: false },
        pilot: { env: { A: '1', B: '2' } },
      },
    },
    {
      when: 'a list and an empty value replace what was there',
      old: { tolerations: [{ key: 'a' }, { key: 'b' }], pilot: { nodeSelector: { kind: 'x' } } },
      override: { tolerations: [{ key: 'c' }], pilot: { nodeSelector: null } },
      is: { ...own, tolerations: [{ key: 'c' }], pilot: { nodeSelector: null } },
    },
    {
      when: 'the operator names a revision and a version: neither is meant',
      old: {},
      override: { revision: 'x', global: { tag: '1.2.3', hub: 'h' } },
      is: { revision: '1-31-0', global: { tag: '1.31.0', hub: 'h' } },
    },
    {
      when: 'the file of the operator names the tags as well',
      old: { revisionTags: ['prod'] },
      override: { revisionTags: ['prod'] },
      is: own,
    },
    { when: 'global is no object', old: { global: 'odd' }, override: {}, is: own },
  ])('$when', ({ old, override, is }) => {
    expect(valuesFor({ values: old }, newPlane, override)).toEqual(is)
  })

  it('leaves the old ones as they were', () => {
    const values = { global: { tag: '1.30.0' }, pilot: { env: { A: '1' } } }
    const copy = structuredClone(values)
    valuesFor({ values }, newPlane, { pilot: { env: { A: '2' } } })
    expect(values).toEqual(copy)
  })
})
