/** Identifiers: lower-case UUIDs (asm-api Q29). */

import { createHash, randomUUID } from 'node:crypto'

export type NewId = () => string

export const newId: NewId = () => randomUUID()

/** The same parts give the same UUID: a subjob keeps its id over restarts without a table of ids. */
export function derivedId(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
