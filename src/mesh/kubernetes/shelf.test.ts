import { expect, test } from 'vitest'
import type { KubeObject } from '../cluster.ts'
import { emptyShelf } from './shelf.ts'

function pod(name: string, resourceVersion: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', resourceVersion } }
}

const has = (shelf: ReturnType<typeof emptyShelf>): readonly string[] =>
  shelf.objects().map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)

test('a list that was on its way does not bring back what a later event deleted', () => {
  const shelf = emptyShelf()
  shelf.fill([pod('a', '5')], '5', true)
  shelf.take(pod('a', '10'))
  shelf.seen('10')
  shelf.fill([pod('a', '5')], '8', false)
  expect(has(shelf)).toEqual([])
})

test('an own write stays over an older list and older events, until newer ones come', () => {
  const shelf = emptyShelf()
  shelf.fill([pod('a', '5')], '5', true)
  expect(shelf.put(pod('a', '9'))).toBe(true)
  shelf.fill([pod('a', '5')], '7', false)
  expect(shelf.put(pod('a', '8'))).toBe(false)
  expect(has(shelf)).toEqual(['a@9'])
  shelf.put(pod('a', '10'))
  expect(has(shelf)).toEqual(['a@10'])
  shelf.fill([], '11', false)
  expect(has(shelf)).toEqual([])
})

test('events that a list already held are no news', () => {
  const shelf = emptyShelf()
  shelf.fill([pod('b', '7')], '20', true)
  expect(shelf.put(pod('a', '12'))).toBe(false) // made at 12, gone before 20
  expect(shelf.take(pod('b', '15'))).toBe(false) // the b of the list was made after the one deleted at 15
  expect(has(shelf)).toEqual(['b@7'])
})

test('versions are numbers, not texts', () => {
  const shelf = emptyShelf()
  shelf.fill([pod('a', '99')], '99', true)
  expect(shelf.put(pod('a', '100'))).toBe(true)
  expect(shelf.put(pod('a', '18446744073709551615'))).toBe(true)
  expect(shelf.put(pod('a', '18446744073709551614'))).toBe(false)
})

test('anew forgets everything, so that a server put back from a backup is believed', () => {
  const shelf = emptyShelf()
  shelf.fill([pod('a', '99')], '99', true)
  shelf.fill([pod('a', '3')], '4', true)
  expect(has(shelf)).toEqual(['a@3'])
})

test('what was handed out does not change', () => {
  const shelf = emptyShelf()
  shelf.fill([pod('a', '1')], '1', true)
  const before = shelf.objects()
  shelf.put(pod('b', '2'))
  expect(before).toHaveLength(1)
})
