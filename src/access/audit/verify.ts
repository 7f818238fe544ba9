/** Reads a whole audit log and says whether it is as it was written. */

import { follows, isHead } from './chain.ts'
import type { ChainedEntry, Head } from './chain.ts'
import type { Verification } from './log.ts'

/** What is looked at; tests hand over rows that were tampered with. */
export interface StoredChain {
  readonly head: () => Promise<Head | undefined>
  /** Those with a number above `after`, by number. */
  readonly rows: (after: number, limit: number) => Promise<readonly ChainedEntry[]>
}

/** So much is in memory at a time, however long the log is. */
const pageSize = 500

/** Entries that are appended meanwhile are looked at too: the head is read before the page that has to reach it. */
export async function verifyChain(key: Buffer, chain: StoredChain, signal?: AbortSignal): Promise<Verification> {
  let last = { number: 0, hash: '' }
  for (;;) {
    signal?.throwIfAborted()
    const head = await chain.head()
    const page = await chain.rows(last.number, pageSize)
    if (page.length === 0) {
      const told = { entries: last.number, head: last.hash }
      const ends = head === undefined ? last.number === 0 : isHead(key, head) && head.hash === last.hash
      return ends ? { intact: true, ...told } : { intact: false, ...told, brokenAt: last.number + 1 }
    }
    for (const one of page) {
      if (!follows(key, one, last))
        return { intact: false, entries: last.number, head: last.hash, brokenAt: last.number + 1 }
      last = one
    }
  }
}
