/** Texts with `*` (any characters, none included) and, where asked for, `?` (exactly one). */

export type Matches = (text: string) => boolean

/**
 * No regular expression: a policy is written by people, and `*a*a*a*a` makes one look at a long text for hours. This
 * looks at each place once a star, so at most pattern times text.
 */
export function pattern(written: string, { one, ignoreCase }: { readonly one: boolean; readonly ignoreCase: boolean }) {
  const wanted = ignoreCase ? written.toLowerCase() : written
  if (isEverything(wanted)) return everything
  if (!wanted.includes('*') && !(one && wanted.includes('?')))
    return ignoreCase ? (text: string) => text.toLowerCase() === wanted : (text: string) => text === wanted
  return (text: string) => fits(wanted, ignoreCase ? text.toLowerCase() : text, one)
}

/** Whether it is stars and nothing else. */
export const isEverything = (written: string): boolean => /^\*+$/.test(written)

const everything: Matches = () => true

function fits(wanted: string, text: string, one: boolean): boolean {
  let at = 0
  let place = 0
  // Where the last star stands, and how far it reaches for now: on a mismatch it takes one character more. A star before
  // it never has to: what stood between them is found already, as early as can be.
  let star = -1
  let reached = 0
  while (place < text.length) {
    if (wanted[at] === '*') {
      star = at++
      reached = place
    } else if (at < wanted.length && (wanted[at] === text[place] || (one && wanted[at] === '?'))) {
      at++
      place++
    } else if (star >= 0) {
      at = star + 1
      place = ++reached
    } else return false
  }
  while (wanted[at] === '*') at++
  return at === wanted.length
}
