import { describe, expect, it } from 'vitest'
import { rowsOf } from '../rows.ts'
import { injectedAs, noon, oldPlane, pod } from '../testing/facts.ts'
import { staged } from '../testing/staging.ts'
import { guardFinish } from './guard-finish.ts'

const looked = (count: number, terminating = false) => {
  const pods = Array.from({ length: count }, (_, index) =>
    pod(`shop/cart-${index}`, { injection: injectedAs(oldPlane), terminating }),
  )
  const mesh = { pods, namespaces: [], webhooks: [], tagServices: [], workloads: [], batch: [] }
  return guardFinish.forward(staged({ mesh, upgrade: { step: 'PostUpgrade' } }))
}
const at = { task: 't1', job: 'j1', stage: guardFinish, now: noon }

describe('before the point of no return', () => {
  it.each([
    { what: 'stay', terminating: false, kind: 'hold' },
    { what: 'are leaving', terminating: true, kind: 'wait' },
  ])('ten thousand pods that $what make a short sentence and so many rows', ({ terminating, kind }) => {
    const verdict = looked(10_000, terminating)
    expect(verdict.kind).toBe(kind)
    expect(verdict.because.text.length).toBeLessThan(400)
    expect(verdict.because.text).toContain('pod shop/cart-0')
    expect(verdict.because.text).toContain('and 9995 more')
    expect(verdict.progress).toHaveLength(201)
    expect(verdict.progress?.at(-1)).toMatchObject({ object: 'more', reason: 'and 9800 more like these' })
  })

  it('what is not in the way any more is not left as failed', () => {
    const first = rowsOf(at, looked(3), [])
    expect(first.at(-1)).toMatchObject({ path: 'guard-finish/east/pod shop:cart-2', phase: 'Failed' })
    const second = rowsOf(at, looked(2), first)
    expect(second.map(({ path, phase }) => `${path} ${phase}`)).toContain('guard-finish/east/pod shop:cart-2 Success')
    const last = rowsOf(at, looked(0), first)
    expect(last.map(({ phase }) => phase)).toEqual(['Success', 'Success', 'Success', 'Success', 'Success'])
  })
})
