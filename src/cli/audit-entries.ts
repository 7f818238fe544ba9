/** Lines of the audit log, page by page. */

import type { AuditEntry } from '../contract/iam.ts'
import type { Session } from './session.ts'

const page = 1000

/** Oldest first, those with a number above `after`. */
export async function* auditPages(
  session: Session,
  after: number,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<readonly AuditEntry[]> {
  let [last, left] = [after, limit]
  while (left > 0) {
    const size = Math.min(page, left)
    const query = { after: String(last), limit: String(size) }
    const { items } = await session.call('listAudit', { query }, signal)
    if (items.length > 0) yield items
    if (items.length < size) return
    last = items.at(-1)?.number ?? last
    left -= items.length
  }
}

/** The number to start after, so that the newest `count` follow. */
export async function beforeNewest(session: Session, count: number, signal: AbortSignal): Promise<number> {
  const { last } = await session.call('listAudit', { query: { limit: '1' } }, signal)
  return Math.max(0, last - count)
}
