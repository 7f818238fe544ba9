import { beforeAll, describe, expect, it } from 'vitest'
import { abuse } from './run.ts'
import type { Report } from './run.ts'

const requests = 20_000

/** Seconds on a machine with nothing else to do. */
const patience = 600_000

describe(`${requests} requests, good and bad, against the whole program on real sockets`, () => {
  let report: Report
  beforeAll(async () => {
    report = await abuse({ seed: 4, requests, warmUp: 4000 })
    const { seed, sent, succeeded, byStatus, heapBefore, heapAfter, slowestMs, tookMs } = report
    process.stdout.write(
      `${JSON.stringify({ seed, sent, succeeded, byStatus, heapBefore, heapAfter, slowestMs, tookMs })}\n`,
    )
  }, patience)

  it('are answered, every one in time, as the contract says, and none by a fault of the server', () => {
    expect(report.sent).toBeGreaterThanOrEqual(requests)
    expect(report.faults).toEqual([])
    expect(Object.keys(report.byStatus).filter((status) => Number(status) >= 500)).toEqual([])
    expect(report.logged).toBe('')
  })

  it('are good ones to a third and more, and every operation is reached', () => {
    expect(report.succeeded / report.sent).toBeGreaterThan(0.3)
    expect(report.succeeded / report.sent).toBeLessThan(0.8)
    expect(Object.keys(report.byOperation).length).toBeGreaterThan(50)
    expect(Object.entries(report.byOperation).filter(([, count]) => count === 0)).toEqual([])
  })

  it('lose nothing and leave nothing half-written, also when the server is opened again', () => {
    expect(report.differences).toEqual([])
    expect(report.integrity).toBe('ok')
  })

  it('are in the audit log: every write that was answered, and no other', () => {
    expect(report.audit).toEqual({ intact: true, missing: 0, extra: 0 })
  })

  it('leave no connection, no memory and no work behind', () => {
    expect(report.connectionsLeft).toBe(0)
    expect(report.heapAfter / report.heapBefore).toBeLessThan(1.1)
    expect(report.closedInMs).toBeLessThan(30_000)
  })
})
