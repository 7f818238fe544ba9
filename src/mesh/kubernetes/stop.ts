/** Waiting for something that knows no AbortSignal. */

import { stopped } from './errors.ts'

/** The promise's outcome, or `aborted` at once when the signal fires; the work itself goes on unheard. */
export async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(stopped())
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
    work.catch(() => undefined) // nobody waits for it any more
  }
}
