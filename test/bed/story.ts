// What a story is: a name, a bed of its own, and claims about what happened on it.
import type { Bed } from './bed.ts'
import type { PairName } from './pairs.ts'
import { say } from './say.ts'
import { seconds, stopwatch } from './time.ts'

/**
 * Who drives an upgrade. `administrator`: with a password and a token. `least`: a user with nothing but an access key and a
 * policy of what that takes.
 */
export const everyone = ['administrator', 'least'] as const
export type Who = (typeof everyone)[number]

export interface Story {
  readonly name: string
  /** One sentence: what is shown. */
  readonly shows: string
  /** The mesh it starts from; installed before the story begins. */
  readonly pair?: PairName
  /** Milliseconds, the bed's start included. */
  readonly within: number
  /** Told as this one, whoever tells the others. */
  readonly as?: Who
  readonly tell: (stage: Stage) => Promise<void>
}

export interface Stage {
  readonly bed: Bed
  readonly as: Who
  /** A line of progress with the time since the story began. */
  readonly note: (line: string) => void
  /** A claim: printed with its outcome, and the story fails at its end if any did not hold. */
  readonly claim: (holds: boolean, what: string, detail?: unknown) => void
  /** As `claim` that a list is empty; the entries are what is shown otherwise. */
  readonly claimNone: (found: readonly unknown[], what: string) => void
}

export interface Told {
  readonly story: string
  readonly failures: readonly string[]
  readonly claims: number
  readonly milliseconds: number
}

export async function tell(story: Story, bed: Bed, as: Who): Promise<Told> {
  const elapsed = stopwatch()
  const failures: string[] = []
  let claims = 0
  const note = (line: string): void => say(`  ${seconds(elapsed()).padStart(8)}  ${line}`)
  const claim: Stage['claim'] = (holds, what, detail) => {
    claims += 1
    if (holds) return note(`ok    ${what}`)
    const shown =
      detail === undefined ? '' : `: ${typeof detail === 'string' ? detail : JSON.stringify(detail, undefined, 1)}`
    note(`WRONG ${what}${shown}`)
    failures.push(`${what}${shown}`)
  }
  const claimNone: Stage['claimNone'] = (found, what) => {
    const lines = found.slice(0, 20).map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry)))
    claim(found.length === 0, what, lines.map((line) => `\n              ${line}`).join(''))
  }
  try {
    await story.tell({ bed, as, note, claim, claimNone })
    if (claims === 0) failures.push('the story claimed nothing')
  } catch (error) {
    const why = bed.signal.aborted && bed.signal.reason instanceof Error ? bed.signal.reason : error
    const text = why instanceof Error ? (why.stack ?? why.message) : String(why)
    note(`WRONG ${text}`)
    failures.push(text.split('\n')[0] ?? text)
  }
  return { story: story.name, failures, claims, milliseconds: elapsed() }
}
