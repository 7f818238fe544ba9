import { describe, expect, it } from 'vitest'
import type { Clock } from '../lib/clock.ts'
import { Problem } from '../lib/problem.ts'
import type { Action } from '../upgrade/actions.ts'
import type { Mesh } from '../upgrade/mesh.ts'
import { finishActions } from './finish-actions.ts'

const action = {} as Action

/** One action that ends when told, or fails as soon as its signal does. */
function bench(mayAct: () => Promise<void> = async () => undefined) {
  const begun = Promise.withResolvers<AbortSignal>()
  const sleeping = Promise.withResolvers<void>()
  let wake = (): void => undefined
  let end = (): void => undefined
  const performs = (_action: Action, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      end = resolve
      signal.addEventListener('abort', () => reject(signal.reason as Error))
      begun.resolve(signal)
    })
  const clock: Clock = {
    now: () => 0,
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        wake = resolve
        signal?.addEventListener('abort', () => resolve(), { once: true })
        sleeping.resolve()
      }),
  }
  const mesh = finishActions({ perform: performs } as Partial<Mesh> as Mesh, { mayAct, clock, graceMs: 15_000 })
  return { mesh, begun: begun.promise, sleeping: sleeping.promise, wake: () => wake(), end: () => end() }
}

describe('an action while the program stops', () => {
  it('ends as if nothing had happened, when it ends in time', async () => {
    const { mesh, begun, sleeping, end } = bench()
    const stop = new AbortController()
    const performed = mesh.perform(action, stop.signal)
    const own = await begun
    stop.abort()
    await sleeping
    expect(own.aborted).toBe(false)
    end()
    await expect(performed).resolves.toBeUndefined()
  })

  it('is ended when it takes too long', async () => {
    const { mesh, begun, sleeping, wake } = bench()
    const stop = new AbortController()
    const performed = mesh.perform(action, stop.signal)
    await begun
    stop.abort(new Error('stopped'))
    await sleeping
    wake()
    await expect(performed).rejects.toThrow('stopped')
  })

  it('is ended at once when another process works now', async () => {
    const { mesh, begun } = bench(() =>
      Promise.reject(new Problem({ kind: 'lease-lost', code: 'tasks/lease-lost', text: 'Lost.' })),
    )
    const lost = new AbortController()
    const performed = mesh.perform(action, lost.signal)
    await begun
    lost.abort(new Error('lost'))
    await expect(performed).rejects.toThrow('lost')
  })

  it('does not begin when the program stops already', async () => {
    const { mesh } = bench()
    await expect(mesh.perform(action, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
  })
})
