/** The audit log: who asked what, and what became of it. The port; drivers: memory, SQLite. */

import type { AuditEntry } from '../../contract/iam.ts'

export type NewEntry = Omit<AuditEntry, 'number' | 'at' | 'previous' | 'hash'> & {
  /** Milliseconds. */
  readonly at: number
}

export interface AuditLog {
  /** Numbers, chains and stores it before it answers. Never holds a secret: that is the caller's to see to. */
  append(entry: NewEntry): Promise<void>
  /** Those with a number above `after`, oldest first. */
  read(after: number, limit: number): Promise<readonly AuditEntry[]>
  verify(): Promise<{ readonly intact: boolean; readonly entries: number; readonly head: string; readonly brokenAt?: number }>
}
