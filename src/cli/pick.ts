/** People name things by name or by id; what is unknown is answered with what there is. */

import { Problem } from '../lib/problem.ts'

interface Named {
  readonly id: string
  readonly name: string
}

/** @param otherwise what to do when there is none at all. Throws not-found; conflict for a name of several. */
export function pick<T extends Named>(what: string, asked: string, items: readonly T[], otherwise: string): T {
  // An id means one thing, whatever else has it for a name.
  const exact = items.find(({ id }) => id === asked)
  if (exact !== undefined) return exact
  const [first, ...others] = items.filter(({ name }) => name === asked)
  if (first === undefined)
    throw unknown(
      what,
      asked,
      items.map(({ name }) => name),
      otherwise,
    )
  if (others.length > 0)
    throw several(
      what,
      asked,
      [first, ...others].map(({ id }) => id),
    )
  return first
}

const word = (what: string): string => what.replaceAll(' ', '-')

const unknown = (what: string, asked: string, known: readonly string[], otherwise: string): Problem =>
  new Problem({
    kind: 'not-found',
    code: `cli/unknown-${word(what)}`,
    text:
      known.length === 0
        ? `There is no ${what} "${asked}", and no other; ${otherwise}.`
        : `There is no ${what} "${asked}"; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`,
    facts: { known },
  })

/** A name that means more than one. */
export const several = (what: string, asked: string, ids: readonly string[]): Problem =>
  new Problem({
    kind: 'conflict',
    code: `cli/several-${word(what)}`,
    text: `"${asked}" means more than one ${what}; say which by its id: ${ids.join(', ')}.`,
    facts: { known: ids },
  })
