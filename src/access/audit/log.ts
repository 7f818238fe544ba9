/** The audit log: who asked what, and what became of it. The port; drivers: memory, SQLite. */

import type { AuditEntry } from '../../contract/iam.ts'

export type NewEntry = Omit<AuditEntry, 'number' | 'at' | 'previous' | 'hash'> & {
  /** Milliseconds. */
  readonly at: number
}

export interface Verification {
  readonly intact: boolean
  /** How many fit, from the first on; all of them when intact. */
  readonly entries: number
  /** Hash of the last one that fits; empty when there is none. */
  readonly head: string
  /** Number of the first entry that does not fit or is missing. */
  readonly brokenAt?: number
}

export interface AuditLog {
  /** Numbers, chains and stores it before it answers. Never holds a secret: that is the caller's to see to. */
  append(entry: NewEntry): Promise<void>
  /** Those with a number above `after`, oldest first. */
  read(after: number, limit: number): Promise<readonly AuditEntry[]>
  /** Number of the newest one; 0 when there is none. */
  last(): Promise<number>
  /**
   * Notices an entry that was changed, removed, moved, put in or hashed anew without the key, and entries that were cut
   * off at the end. What it cannot notice: everything put back as it once was (a copy of the file, or no entry at all),
   * and whatever is done by somebody who has the key. Against the first, keep `head` elsewhere: a later log must
   * contain it.
   */
  verify(signal?: AbortSignal): Promise<Verification>
}
