/**
 * An action that has begun may end although the program stops: helm ended in the middle leaves a release that nobody can
 * go on with, and a write cut off leaves it open whether it was done. The next action does not begin, that is the tick's
 * affair.
 */

import type { Clock } from '../lib/clock.ts'
import type { Mesh } from '../upgrade/mesh.ts'

export interface FinishActionsParts {
  /** Rejects when this process must not act any more: then the action is ended at once, somebody else decides anew. */
  readonly mayAct: () => Promise<void>
  /** Real time: operators wait for the end of the process in it. */
  readonly clock: Clock
  readonly graceMs: number
}

/** The same mesh. */
export function finishActions(mesh: Mesh, { mayAct, clock, graceMs }: FinishActionsParts): Mesh {
  return {
    ...mesh,
    perform: async (action, signal) => {
      const done = new AbortController()
      const ending = new AbortController()
      const end = async (): Promise<void> => {
        const patient = await mayAct().then(
          () => true,
          () => false,
        )
        if (patient) await clock.sleep(graceMs, done.signal)
        ending.abort(signal.reason)
      }
      const told = (): void => void end()
      signal.addEventListener('abort', told, { once: true })
      try {
        signal.throwIfAborted()
        return await mesh.perform(action, ending.signal)
      } finally {
        signal.removeEventListener('abort', told)
        done.abort()
      }
    },
  }
}
