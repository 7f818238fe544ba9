/** Whether requests should be sent here: the database answers, upgrades are worked on by somebody, and nothing stops. */

import type { ReadyCheck } from '../http/health.ts'
import type { WorkerEvent } from '../tasks/worker.ts'

export interface Readiness {
  /** Listens to what the worker reports. */
  readonly worker: (event: WorkerEvent) => void
  /** From now on it is not ready any more. */
  readonly stop: () => void
  readonly ready: (signal: AbortSignal) => Promise<Readonly<Record<string, ReadyCheck>>>
}

/** @param asksDatabase any small question; rejects when there is no answer */
export function readiness(asksDatabase: () => Promise<unknown>): Readiness {
  let stopping = false
  let work: ReadyCheck = { ok: false, text: 'has not begun' }
  const database = async (signal: AbortSignal): Promise<ReadyCheck> => {
    const late = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    )
    return Promise.race([asksDatabase(), late]).then(
      () => ({ ok: true, text: 'answers' }),
      // The reason may name a path, and whoever asks here is not known; the log has it.
      () => ({ ok: false, text: 'does not answer' }),
    )
  }
  return {
    worker(event) {
      if (event.what === 'lease-taken') work = { ok: true, text: 'works on upgrades' }
      if (event.what === 'lease-elsewhere') work = { ok: true, text: 'follows: another process works on upgrades' }
      if (event.what === 'lease-lost') work = { ok: false, text: 'lost its lease' }
    },
    stop() {
      stopping = true
    },
    async ready(signal) {
      if (stopping) return { program: { ok: false, text: 'stops' } }
      return { program: { ok: true, text: 'runs' }, database: await database(signal), worker: work }
    },
  }
}
