/** A coded sentence with facts. Stages and checks own their sentences; codes are `owner/word` and are never reused. */

export interface Reason {
  readonly code: string
  readonly text: string
  readonly facts: Facts
}

export type Fact = string | number | boolean | readonly string[]
export type Facts = Readonly<Record<string, Fact>>

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never
type FactsOf<Text extends string> = { readonly [Name in Placeholders<Text>]: Fact }
type Say<Text extends string> = [Placeholders<Text>] extends [never]
  ? (facts?: Facts) => Reason
  : (facts: FactsOf<Text>) => Reason

/** Every sentence ever declared, for the reference and for the test that each is reached. */
export interface Sentence {
  readonly code: string
  readonly text: string
}

export interface Sentences<Texts extends Readonly<Record<string, string>>> {
  readonly owner: string
  readonly list: readonly Sentence[]
  readonly say: { readonly [Word in keyof Texts]: Say<Texts[Word] & string> }
}

/** `{fact}` in a text is filled from the facts; a missing fact does not compile. */
export function sentences<const Texts extends Readonly<Record<string, string>>>(
  owner: string,
  texts: Texts,
): Sentences<Texts> {
  const words = Object.entries(texts)
  const say = Object.fromEntries(
    words.map(([word, text]) => [
      word,
      (facts: Facts = {}): Reason => ({
        code: `${owner}/${word}`,
        text: fill(text, facts),
        facts: mentioned(text, facts),
      }),
    ]),
  )
  return {
    owner,
    list: words.map(([word, text]) => ({ code: `${owner}/${word}`, text })),
    // The map above has a function for each word; TypeScript cannot see that through Object.fromEntries.
    say: say as Sentences<Texts>['say'],
  }
}

function fill(text: string, facts: Facts): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name]
    return Array.isArray(fact) ? fact.join(', ') : String(fact)
  })
}

/** Only what the sentence speaks of is kept: a caller may pass a whole object that has the facts among its members. */
function mentioned(text: string, facts: Facts): Facts {
  const names = [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
  return Object.fromEntries(names.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])))
}
