/** An audit log that ends with the process: tests. */

import { chained, shownEntry } from './chain.ts'
import type { ChainedEntry, Head } from './chain.ts'
import type { AuditLog } from './log.ts'
import { verifyChain } from './verify.ts'

export function memoryAuditLog(chainKey: Buffer): AuditLog {
  const entries: ChainedEntry[] = []
  let head: Head | undefined
  const rows = (after: number, limit: number): readonly ChainedEntry[] =>
    entries.slice(Math.max(0, after), Math.max(0, after) + limit)
  return {
    append: async (entry) => {
      const made = chained(chainKey, entry, head, entries.length)
      entries.push(made.next)
      head = made.head
    },
    read: async (after, limit) => rows(after, limit).map(shownEntry),
    last: async () => entries.at(-1)?.number ?? 0,
    verify: (signal) =>
      verifyChain(chainKey, { head: async () => head, rows: async (after, limit) => rows(after, limit) }, signal),
  }
}
