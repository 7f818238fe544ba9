/** The audit log for people: what was asked and what became of it in one line. */

import type { AuditEntry } from '../contract/iam.ts'
import { table } from './layout.ts'

/** An answer further down belongs to the question above it; one whose question is not here stands alone. */
export function auditLines(entries: readonly AuditEntry[]): readonly string[] {
  const answers = new Map(entries.filter(({ kind }) => kind !== 'asked').map((one) => [one.requestId, one]))
  const asked = new Set(entries.filter(({ kind }) => kind === 'asked').map(({ requestId }) => requestId))
  const rows = entries
    .filter(({ kind, requestId }) => kind === 'asked' || !asked.has(requestId))
    .map((one) => {
      const answer = one.kind === 'asked' ? answers.get(one.requestId) : one
      return [
        String(one.number),
        one.at,
        // Nobody is known while a password is looked at: only the answer says who logged in.
        one.user?.name ?? answer?.user?.name ?? '-',
        one.with ?? '-',
        one.from,
        one.operation,
        outcome(answer),
        one.about,
      ]
    })
  return rows.length === 0
    ? ['Nothing was written down yet.']
    : table([['NUMBER', 'AT', 'WHO', 'WITH', 'FROM', 'WHAT', 'OUTCOME', 'ABOUT'], ...rows])
}

function outcome(answer: AuditEntry | undefined): string {
  if (answer === undefined) return 'no answer'
  const status = answer.status === undefined ? '' : ` ${answer.status}`
  return answer.kind === 'refused' ? `refused${status}` : status.trim() || 'answered'
}
