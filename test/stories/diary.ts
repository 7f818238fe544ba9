/** A story as people read it: one line a verdict, one arrow an action, `!` for what the world does. */

import type { Action } from '../../src/upgrade/actions.ts'
import { describeAction } from '../../src/upgrade/actions.ts'
import type { NoteBody } from '../../src/upgrade/note.ts'

export interface Diary {
  note(at: number, note: NoteBody): void
  action(action: Action): void
  refused(why: string): void
  happened(at: number, what: string): void
  text(): string
}

const width = 18

/** A command is of no stage; the step that it was for says more. */
export function lineOf({ stage, step, kind, text }: Pick<NoteBody, 'stage' | 'step' | 'kind' | 'text'>): string {
  return `${(stage ?? step).padEnd(width)} ${kind.padEnd(8)}${text}`
}

export function diary(title: string, began: number): Diary {
  const lines: string[] = [`story  ${title}`]
  const time = (at: number): string => {
    const seconds = Math.round((at - began) / 1000)
    return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':')
  }
  const say = (text: string): void => void lines.push(text)
  return {
    note: (at, note) => say(`${time(at)}  ${lineOf(note)}`),
    action: (action) => say(`         > ${describeAction(action)}`),
    refused: (why) => say(`           refused: ${why}`),
    happened: (at, what) => say(`${time(at)}  ! ${what}`),
    text: () => `${lines.join('\n')}\n`,
  }
}
