import { expect, test } from 'vitest'
import type { ManagedFields } from '../cluster.ts'
import { condition, count, field, labelsAt, seen, selectorAt, text, writerOfLabel } from './read.ts'

const label = (name: string) => ({ 'f:metadata': { 'f:labels': { '.': {}, [`f:${name}`]: {} } } })
const entry = (manager: string, fieldsV1: unknown, time?: string): ManagedFields => ({
  manager,
  operation: 'Update',
  fieldsV1,
  ...(time !== undefined && { time }),
})

test('the newest entry with the label is its writer', () => {
  const entries = [
    entry('argocd', label('istio.io/rev'), '2026-11-22T10:00:02Z'),
    entry('kubectl-label', label('istio.io/rev'), '2026-11-22T10:00:01Z'),
    entry('helm', label('team'), '2026-11-22T10:00:03Z'),
  ]
  expect(writerOfLabel(entries, 'istio.io/rev')).toBe('argocd')
  expect(writerOfLabel(entries, 'istio-injection')).toBeUndefined()
})

test('an entry without a time is older than any other', () => {
  const entries = [
    entry('kubectl-label', label('istio.io/rev'), '2026-11-22T10:00:01Z'),
    entry('first', label('istio.io/rev')),
  ]
  expect(writerOfLabel(entries, 'istio.io/rev')).toBe('kubectl-label')
})

test('what is absent or of another type is undefined, empty or 0', () => {
  const object = { spec: { replicas: 'three', labels: ['a'], list: [{ name: 'x' }] } }
  expect(field(object, 'spec', 'none', 'deeper')).toBeUndefined()
  expect(field({ spec: null }, 'spec')).toBeUndefined()
  expect(count(object, 'spec', 'replicas')).toBe(0)
  expect(labelsAt(object, 'spec', 'labels')).toEqual({})
  expect(text(object, 'spec', 'list', 0, 'name')).toBe('x')
})

test('a selector keeps what it says and nothing else', () => {
  expect(selectorAt({ s: {} }, 's')).toEqual({})
  const expressions = [
    { key: 'istio.io/rev', operator: 'In', values: ['prod'] },
    { key: 'istio-injection', operator: 'DoesNotExist' },
  ]
  expect(selectorAt({ s: { matchLabels: { app: 'istiod' }, matchExpressions: expressions } }, 's')).toEqual({
    matchLabels: { app: 'istiod' },
    matchExpressions: expressions,
  })
})

test('a condition is told with its reason and message, and only in the status asked for', () => {
  const failing = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' }
  const object = { status: { conditions: [failing] } }
  expect(condition(object, 'Progressing', 'False')).toBe('ProgressDeadlineExceeded: timed out')
  expect(condition(object, 'Progressing', 'True')).toBeUndefined()
})

test('an object without uid or resourceVersion comes from no server', () => {
  const nameless = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', uid: 'u' } }
  expect(() => seen('east', nameless)).toThrow(/without uid or resourceVersion/)
})
