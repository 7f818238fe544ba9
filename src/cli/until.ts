/** Waits for a signal, and for nothing else. */

import { once } from 'node:events'

export async function until(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
