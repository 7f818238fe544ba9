/** Takes the lease, prolongs it at a third of its time, and knows when it is gone. */

import type { Epoch, TaskStore } from './store.ts'

export type LeaseEvent =
  | { readonly what: 'lease-taken'; readonly epoch: Epoch }
  | { readonly what: 'lease-lost'; readonly epoch: Epoch }
  /** Another process works; told once, then tried quietly. */
  | { readonly what: 'lease-elsewhere' }

export interface HeldLease {
  readonly epoch: Epoch
  /** Aborted when the lease is lost. */
  readonly over: AbortSignal
}

export interface LeaseHolder {
  /** Asks the store when it is time to; undefined while another process holds it. */
  hold(now: number): Promise<HeldLease | undefined>
  /** The store refused this epoch. */
  lose(epoch: Epoch, now: number): void
  held(): HeldLease | undefined
  /** When `hold` asks the store again. */
  askAt(): number
}

export interface LeaseHolderParts {
  readonly store: Pick<TaskStore, 'lease'>
  readonly owner: string
  readonly leaseMs: number
  readonly report: (event: LeaseEvent) => void
}

export function leaseHolder({ store, owner, leaseMs, report }: LeaseHolderParts): LeaseHolder {
  let lease: { readonly held: HeldLease; readonly ending: AbortController } | undefined
  let askAt = -Infinity
  let fresh = true
  let elsewhere = false

  const lose = (epoch: Epoch, now: number): void => {
    if (lease?.held.epoch !== epoch) return
    lease.ending.abort()
    lease = undefined
    askAt = now + leaseMs / 3
    report({ what: 'lease-lost', epoch })
  }

  const take = (epoch: Epoch): void => {
    if (lease !== undefined) return
    const ending = new AbortController()
    lease = { held: { epoch, over: ending.signal }, ending }
    fresh = false
    elsewhere = false
    report({ what: 'lease-taken', epoch })
  }

  return {
    hold: async (now) => {
      if (now < askAt) return lease?.held
      const epoch = await store.lease(owner, now, leaseMs, fresh)
      if (lease !== undefined && lease.held.epoch !== epoch) lose(lease.held.epoch, now)
      askAt = now + leaseMs / 3
      if (epoch !== undefined) take(epoch)
      else if (!elsewhere) {
        elsewhere = true
        report({ what: 'lease-elsewhere' })
      }
      return lease?.held
    },
    lose,
    held: () => lease?.held,
    askAt: () => askAt,
  }
}
