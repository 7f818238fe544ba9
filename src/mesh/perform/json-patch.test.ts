import { expect, test } from 'vitest'
import { pointer, set, setMembers } from './json-patch.ts'

const labels = ['metadata', 'labels']

test('names with slashes and tildes are escaped', () => {
  expect(pointer('metadata', 'labels', 'istio.io/rev')).toBe('/metadata/labels/istio.io~1rev')
  expect(pointer('a~b', 0)).toBe('/a~0b/0')
})

test('members come and go one by one, the others are not mentioned', () => {
  const object = { metadata: { labels: { team: 'a', 'istio-injection': 'enabled' } } }
  expect(setMembers(object, labels, { 'istio.io/rev': '1-31', 'istio-injection': undefined })).toEqual([
    { op: 'add', path: '/metadata/labels/istio.io~1rev', value: '1-31' },
    { op: 'remove', path: '/metadata/labels/istio-injection' },
  ])
})

test('an absent map is added whole, an emptied one removed whole', () => {
  expect(setMembers({ metadata: {} }, labels, { a: '1', b: undefined })).toEqual([
    { op: 'add', path: '/metadata/labels', value: { a: '1' } },
  ])
  expect(setMembers({ metadata: { labels: { a: '1' } } }, labels, { a: undefined })).toEqual([
    { op: 'remove', path: '/metadata/labels' },
  ])
})

test('what is so already needs no operation', () => {
  expect(setMembers({ metadata: { labels: { a: '1' } } }, labels, { a: '1', b: undefined })).toEqual([])
  expect(set({ spec: { selector: { a: '1', b: '2' } } }, ['spec', 'selector'], { b: '2', a: '1' })).toEqual([])
  expect(set({}, ['spec'], undefined)).toEqual([])
})

test('a field is added, replaced or removed', () => {
  expect(set({ a: 1 }, ['b'], 2)).toEqual([{ op: 'add', path: '/b', value: 2 }])
  expect(set({ a: 1 }, ['a'], 2)).toEqual([{ op: 'replace', path: '/a', value: 2 }])
  expect(set({ a: 1 }, ['a'], undefined)).toEqual([{ op: 'remove', path: '/a' }])
})
