/** Replays of a server that ends with its process. */

import type { KeptAnswer, Replays } from './replays.ts'
import { forgottenAfterMs } from './replays.ts'

interface Seen {
  readonly bodyHash: string
  readonly begunAt: number
  readonly answer?: KeptAnswer
}

export function memoryReplays(): Replays {
  /** The oldest stands first: a Map keeps the place of what is changed. */
  const seen = new Map<string, Seen>()

  return {
    begin(key, bodyHash, now) {
      for (const [old, { begunAt }] of seen) {
        if (begunAt >= now - forgottenAfterMs) break
        seen.delete(old)
      }
      const before = seen.get(key)
      if (!before) {
        seen.set(key, { bodyHash, begunAt: now })
        return Promise.resolve({ kind: 'new' })
      }
      if (before.bodyHash !== bodyHash) return Promise.resolve({ kind: 'other-body' })
      const { answer } = before
      return Promise.resolve(answer ? { kind: 'answered', answer } : { kind: 'unknown' })
    },
    answered(key, answer) {
      const begun = seen.get(key)
      if (begun) seen.set(key, { ...begun, answer })
      return Promise.resolve()
    },
    forget(key) {
      seen.delete(key)
      return Promise.resolve()
    },
  }
}
