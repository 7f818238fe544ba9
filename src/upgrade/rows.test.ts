import { describe, expect, it } from 'vitest'
import { heldText, rowsOf, type Row } from './rows.ts'
import type { Progress, Verdict } from './stage.ts'
import { noon } from './testing/facts.ts'

const stage = { id: 'move-workloads', title: 'Move workloads' }
const at = { task: 't1', job: 'j1', stage, now: noon + 9000 }
const because = { code: 'move/rolling', text: 'Rolling.', facts: {} }
const verdict = (kind: Verdict['kind'], progress: readonly Progress[] = []): Verdict =>
  ({ kind, because, progress, actions: [], lookAgainInMs: 0, needs: 'repair' }) as unknown as Verdict
const one = (object: string, phase: Progress['phase'], reason = ''): Progress => ({
  cluster: 'east',
  object,
  phase,
  reason,
})

/** `path phase reason`, sorted as written. */
const told = (rows: readonly Row[]): readonly string[] =>
  rows.map(({ path, phase, reason }) => `${path} ${phase} ${reason}`.trim())

/** As the store has them after a first look. */
const first = rowsOf(
  { ...at, now: noon },
  verdict('wait', [one('shop', 'Running'), one('shop/cart', 'Running', '1 of 2'), one('shop/web', 'Initializing')]),
  [],
)

describe('rows of a stage', () => {
  it('stand one below the other: stage, cluster, object', () => {
    expect(told(first)).toEqual([
      'move-workloads Running Rolling.',
      'move-workloads/east Running',
      'move-workloads/east/shop Running',
      'move-workloads/east/shop/cart Running 1 of 2',
      'move-workloads/east/shop/web Initializing',
    ])
    expect(first.map((row) => row.title)).toEqual(['Move workloads', 'east', 'shop', 'cart', 'web'])
    expect(new Set(first.map((row) => row.id)).size).toBe(5)
  })

  it('have begun when they run, and have no end before they end', () => {
    expect(first.map((row) => row.startedAt)).toEqual([noon, noon, noon, noon, undefined])
    expect(first.every((row) => row.completedAt === undefined)).toBe(true)
  })

  it('are written again only when they changed, under the same id and beginning', () => {
    const again = rowsOf(
      at,
      verdict('wait', [one('shop', 'Running'), one('shop/cart', 'Success', '2 of 2'), one('shop/web', 'Running')]),
      first,
    )
    expect(told(again)).toEqual([
      'move-workloads/east/shop/cart Success 2 of 2',
      'move-workloads/east/shop/web Running',
    ])
    const [cart, web] = again
    expect(cart).toMatchObject({ id: first[3]?.id, startedAt: noon, completedAt: noon + 9000 })
    expect(web).toMatchObject({ id: first[4]?.id, startedAt: noon + 9000 })
    expect(rowsOf(at, verdict('wait'), first)).toEqual([])
  })

  it('keep when they ended though their sentence changes', () => {
    const ended = first.map((row) => ({ ...row, phase: 'Success' as const, completedAt: noon + 1 }))
    const [cart] = rowsOf(at, verdict('done', [one('shop/cart', 'Success', 'on 1-31')]), ended)
    expect(cart).toMatchObject({ path: 'move-workloads/east/shop/cart', reason: 'on 1-31', completedAt: noon + 1 })
  })

  it('begin anew when what had ended runs again', () => {
    const ended = first.map((row) => ({ ...row, phase: 'Success' as const, completedAt: noon + 1 }))
    const [again] = rowsOf(at, verdict('act'), ended)
    expect(again).toMatchObject({ path: 'move-workloads', phase: 'Running', startedAt: noon })
    expect(again).not.toHaveProperty('completedAt')
  })

  it('end with their stage: nothing of a stage that is done is left running, and what failed stays so', () => {
    const before = first.map((row) => (row.title === 'web' ? { ...row, phase: 'Failed' as const } : row))
    const other: Row = {
      id: 'x',
      task: 't1',
      job: 'j1',
      path: 'move-tags',
      phase: 'Running',
      title: 'Move tags',
      reason: '',
    }
    expect(told(rowsOf(at, verdict('done'), [...before, other]))).toEqual([
      'move-workloads Success Rolling.',
      'move-workloads/east Success',
      'move-workloads/east/shop Success',
      'move-workloads/east/shop/cart Success 1 of 2',
    ])
  })

  it.each([
    { kind: 'done', phase: 'Success', reason: 'Rolling.' },
    { kind: 'act', phase: 'Running', reason: 'Rolling.' },
    { kind: 'wait', phase: 'Running', reason: 'Rolling.' },
    { kind: 'hold', phase: 'Running', reason: 'held: Rolling.' },
    { kind: 'fail', phase: 'Failed', reason: 'Rolling.' },
  ] as const)('$kind is $phase', ({ kind, phase, reason }) => {
    expect(told(rowsOf(at, verdict(kind), []))).toEqual([`move-workloads ${phase} ${reason}`])
    expect(heldText(verdict(kind))).toBe(reason)
  })

  it('of two clusters stand below their own', () => {
    const rows = rowsOf(
      at,
      verdict('wait', [one('shop', 'Running'), { ...one('shop', 'Success'), cluster: 'west' }]),
      [],
    )
    expect(rows.map((row) => row.path)).toEqual([
      'move-workloads',
      'move-workloads/east',
      'move-workloads/west',
      'move-workloads/east/shop',
      'move-workloads/west/shop',
    ])
  })

  it('of another job are other rows', () => {
    const [mine] = rowsOf(at, verdict('wait'), [])
    const [other] = rowsOf({ ...at, job: 'j2' }, verdict('wait'), [])
    expect(mine?.path).toBe(other?.path)
    expect(mine?.id).not.toBe(other?.id)
  })
})
