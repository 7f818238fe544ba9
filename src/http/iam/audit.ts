/** The audit log, for reading. Nothing of it is changed here or anywhere. */

import type { Handlers } from '../handler.ts'
import type { Parts } from '../parts.ts'

export function auditHandlers({ access: { audit } }: Pick<Parts, 'access'>): Handlers<'listAudit' | 'verifyAudit'> {
  return {
    async listAudit({ query }) {
      const items = await audit.read(Number(query.after ?? 0), Number(query.limit ?? 100))
      return { items, last: await audit.last() }
    },
    verifyAudit: ({ signal }) => audit.verify(signal),
  }
}
