/**
 * The end of the program, in order and in time: nothing new is let in, answers in flight are sent, upgrades stop between
 * two actions, and then what all of these used is closed. Whatever does not end is told, cut off or left behind.
 */

import type { Clock } from '../lib/clock.ts'

export interface Ending {
  /** Lets nothing new in and resolves when the answers in flight are sent. */
  readonly answers: () => Promise<unknown>
  /** Ends the connections that are still open. */
  readonly cut: () => void
  /** Resolves when no upgrade is worked on any more. */
  readonly work: () => Promise<unknown>
  /** Closes what answers and work used. */
  readonly rest: () => Promise<unknown>
  /** Real time. */
  readonly clock: Clock
  readonly report: (text: string) => void
}

/** Milliseconds. Together less than the 30 s that Kubernetes gives a pod to end. */
export const patience = { action: 15_000, answers: 20_000, work: 24_000, rest: 4000 }

/** Never rejects. */
export async function stop({ answers, cut, work, rest, clock, report }: Ending): Promise<void> {
  const answered = new AbortController()
  const cutLate = async (): Promise<void> => {
    await clock.sleep(patience.answers, answered.signal)
    if (answered.signal.aborted) return
    report('Some requests were not answered in time; their connections are cut off.')
    cut()
  }
  const late = cutLate()
  const both = Promise.all([answers().finally(() => answered.abort()), work()])
  if (!(await within(both, patience.work, clock, report))) report('Not all work ended in time; it is left behind.')
  answered.abort()
  await late
  if (!(await within(rest(), patience.rest, clock, report))) report('Not everything could be closed in time.')
}

async function within(
  work: Promise<unknown>,
  ms: number,
  clock: Clock,
  report: (text: string) => void,
): Promise<boolean> {
  const done = new AbortController()
  const ended = work.then(
    () => true,
    (thrown: unknown) => {
      report(`Failed while stopping: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
      return true
    },
  )
  const inTime = await Promise.race([ended, clock.sleep(ms, done.signal).then(() => false)])
  done.abort()
  return inTime
}
