/** Who may write: the rule of the one lease row, for every driver. */

import type { Epoch } from './store.ts'

export interface Lease {
  readonly epoch: Epoch
  /** null: given up. */
  readonly owner: string | null
  readonly expiresAt: number
}

export const noLease: Lease = { epoch: 0, owner: null, expiresAt: 0 }

export interface LeaseRequest {
  readonly owner: string
  readonly now: number
  readonly ttlMs: number
  readonly fresh: boolean
}

/** The row as it is afterwards; undefined while somebody else's has not run out. */
export function takeLease(current: Lease, { owner, now, ttlMs, fresh }: LeaseRequest): Lease | undefined {
  const mine = current.owner === owner
  if (current.owner !== null && !mine && current.expiresAt > now) return undefined
  // Prolonging one's own that ran out is fine: nobody took it, so nobody else wrote.
  return { epoch: mine && !fresh ? current.epoch : current.epoch + 1, owner, expiresAt: now + ttlMs }
}

/** Without an owner no epoch holds, so a write on its way when the lease was given up is refused. */
export function giveUpLease(current: Lease, owner: string): Lease {
  return current.owner === owner ? { epoch: current.epoch, owner: null, expiresAt: 0 } : current
}

export function holdsLease(current: Lease, epoch: Epoch): boolean {
  return current.owner !== null && current.epoch === epoch
}
