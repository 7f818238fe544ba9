/** What the rules of the directory look up and refuse, in the same words everywhere. */

import { Problem } from '../../lib/problem.ts'
import { kindInWords, nameTaken } from './names.ts'
import type { Kind } from './store.ts'

/** What a path names. not-found (`access/not-found`). */
export function found<Row>(rows: ReadonlyMap<string, Row>, kind: Kind, id: string): Row {
  const row = rows.get(id)
  if (row !== undefined) return row
  throw new Problem({ kind: 'not-found', code: 'access/not-found', text: `There is no ${kindInWords[kind]} ${id}.` })
}

/** What a member of a body names. invalid (`access/unknown-reference`) that names the member. */
export function named<Row>(rows: ReadonlyMap<string, Row>, kind: Kind, id: string, field: string): Row {
  const row = rows.get(id)
  if (row !== undefined) return row
  throw invalid(field, `names no ${kindInWords[kind]} of this server: ${id}.`, 'access/unknown-reference')
}

export const invalid = (field: string, text: string, code: string): Problem =>
  new Problem({ kind: 'invalid', code, text: `${field} ${text}`, facts: { field } })

export function refuseTaken(rows: Iterable<{ readonly name: string }>, kind: Kind, name: string): void {
  for (const row of rows) if (row.name === name) throw nameTaken(kind, name)
}

export const inUse = (kind: Kind, name: string, by: string): Problem =>
  new Problem({
    kind: 'conflict',
    code: 'access/in-use',
    text: `The ${kindInWords[kind]} ${name} cannot be removed: ${by}.`,
  })
