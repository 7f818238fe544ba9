/** The diary, line by line. */

import type { Note } from '../contract/extensions.ts'
import type { Color, Paint } from './print.ts'

const colors: Readonly<Record<Note['kind'], Color>> = {
  command: 'bold',
  done: 'green',
  act: 'cyan',
  wait: 'dim',
  hold: 'yellow',
  fail: 'red',
}

/** One line a note, one below it an action. */
export function noteLines({ at, kind, step, stage, text, actions = [] }: Note, paint: Paint): readonly string[] {
  const where = stage === undefined ? step : `${step}/${stage}`
  return [
    `${paint('dim', at)}  ${paint(colors[kind], kind.padEnd(7))}  ${where}  ${text}`,
    ...actions.map((action) => `${' '.repeat(at.length)}  ${paint('cyan', '>')} ${action}`),
  ]
}
