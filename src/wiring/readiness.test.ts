import { describe, expect, it } from 'vitest'
import { readiness } from './readiness.ts'

const soon = new AbortController().signal
const well = async (): Promise<unknown> => 1

describe('readiness', () => {
  it('waits for the worker to have looked for the lease', async () => {
    const { ready, worker } = readiness(well)
    expect((await ready(soon))['worker']).toEqual({ ok: false, text: 'has not begun' })
    worker({ what: 'lease-elsewhere' })
    expect((await ready(soon))['worker']).toMatchObject({ ok: true })
    worker({ what: 'lease-taken', epoch: 1 })
    expect((await ready(soon))['worker']).toEqual({ ok: true, text: 'works on upgrades' })
    worker({ what: 'lease-lost', epoch: 1 })
    expect((await ready(soon))['worker']).toMatchObject({ ok: false })
  })

  it('is not given by a database that fails or does not answer in time, and does not say why', async () => {
    const failing = readiness(() => Promise.reject(new Error('/a/path is full')))
    expect((await failing.ready(soon))['database']).toEqual({ ok: false, text: 'does not answer' })
    const late = new AbortController()
    const asked = readiness(() => new Promise(() => undefined)).ready(late.signal)
    late.abort(new Error('late'))
    expect((await asked)['database']).toEqual({ ok: false, text: 'does not answer' })
  })

  it('ends with the program, whose database is not asked any more', async () => {
    let asked = 0
    const { ready, stop } = readiness(async () => (asked += 1))
    stop()
    expect(await ready(soon)).toEqual({ program: { ok: false, text: 'stops' } })
    expect(asked).toBe(0)
  })
})
