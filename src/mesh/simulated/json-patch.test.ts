import { describe, expect, test } from 'vitest'
import { patched } from './json-patch.ts'

describe('a patch', () => {
  const pod = { metadata: { labels: { 'istio.io/rev': 'a' }, annotations: {} }, list: [{ name: 'x' }, { name: 'y' }] }

  test('adds, replaces and removes, on a copy', () => {
    const result = patched(pod, [
      { op: 'test', path: '/metadata/labels/istio.io~1rev', value: 'a' },
      { op: 'replace', path: '/metadata/labels/istio.io~1rev', value: 'b' },
      { op: 'add', path: '/metadata/annotations/note', value: 'n' },
      { op: 'remove', path: '/list/0' },
      { op: 'add', path: '/list/-', value: { name: 'z' } },
    ])
    expect(result).toEqual({
      metadata: { labels: { 'istio.io/rev': 'b' }, annotations: { note: 'n' } },
      list: [{ name: 'y' }, { name: 'z' }],
    })
    expect(pod.list).toHaveLength(2)
  })

  test('whose test fails is a conflict', () => {
    expect(() => patched(pod, [{ op: 'test', path: '/metadata/labels/istio.io~1rev', value: 'b' }])).toThrow(
      expect.objectContaining({ kind: 'conflict' }),
    )
  })

  test.each([
    { op: 'remove', path: '/metadata/labels/none' } as const,
    { op: 'replace', path: '/metadata/labels/none', value: 1 } as const,
    { op: 'add', path: '/nothing/there', value: 1 } as const,
  ])('of a path that is not there is refused: $op', (operation) => {
    expect(() => patched(pod, [operation])).toThrow(expect.objectContaining({ kind: 'rejected' }))
  })
})
