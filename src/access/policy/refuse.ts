/** How a policy that is not accepted is refused: it names the element and what would be accepted. */

import { Problem } from '../../lib/problem.ts'

/** @param element its path: `Statement[1].Condition.StringEqualz` @param text completes the sentence behind the path */
export const refused = (element: string, text: string): Problem =>
  new Problem({
    kind: 'invalid',
    code: 'policies/invalid',
    text: `${short(element)} ${text}.`,
    facts: { field: short(element) },
  })

/** More of something than there may be. */
export const tooMuch = (element: string, text: string): Problem =>
  new Problem({
    kind: 'invalid',
    code: 'policies/limit',
    text: `${short(element)} ${text}.`,
    facts: { field: short(element) },
  })

/** A value for people: a refusal must stay a sentence, whatever it is about. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return JSON.stringify(typeof value === 'string' ? short(value) : value)
}

const short = (text: string): string => (text.length > 100 ? `${text.slice(0, 97)}...` : text)
