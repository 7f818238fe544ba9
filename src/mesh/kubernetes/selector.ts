/** Label selectors as the API writes them, for lists that are answered from memory. */

type Labels = Readonly<Record<string, string>>

/** `a=b,c!=d,e,!f,g in (x,y),h notin (z)`; undefined for what is not understood, so that the server is asked. */
export function labelTest(selector: string): ((labels: Labels) => boolean) | undefined {
  const tests: ((labels: Labels) => boolean)[] = []
  // A comma within parentheses does not part requirements.
  for (const part of selector.split(/,(?![^(]*\))/)) {
    const test = requirement(part.trim())
    if (test === undefined) return undefined
    tests.push(test)
  }
  return (labels) => tests.every((test) => test(labels))
}

const word = String.raw`[\w./-]+`

function requirement(text: string): ((labels: Labels) => boolean) | undefined {
  const equal = new RegExp(`^(${word})\\s*(==|=|!=)\\s*([\\w.-]*)$`).exec(text)
  if (equal) {
    const [, key = '', operator, value] = equal
    // As the API has it: an absent label satisfies `!=`.
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value
  }
  const among = new RegExp(`^(${word})\\s+(in|notin)\\s*\\(([^()]*)\\)$`).exec(text)
  if (among) {
    const [, key = '', operator, list = ''] = among
    const values = new Set(list.split(',').map((value) => value.trim()))
    const isIn = (labels: Labels): boolean => labels[key] !== undefined && values.has(labels[key])
    return operator === 'in' ? isIn : (labels) => !isIn(labels)
  }
  const bare = new RegExp(`^(!?)\\s*(${word})$`).exec(text)
  if (!bare) return undefined
  const [, not, key = ''] = bare
  return not === '!' ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined
}
