/** Draws a picture of lines again and again in place on a terminal. */

import { harmless } from './harmless.ts'
import type { Print } from './print.ts'

export interface Picture {
  draw(lines: readonly string[]): void
  /** Leaves what was drawn last and goes on below it. */
  end(): void
}

const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`)
const clearBelow = '\u001b[J'
const clearRestOfLine = '\u001b[K'

/** Lines must fit the width: a line that the terminal breaks in two would be drawn over the wrong place. */
export function picture(print: Pick<Print, 'raw'>): Picture {
  let height = 0
  return {
    draw: (lines) => {
      // One write: a picture in halves flickers.
      print.raw(`${up(height)}\r${lines.map((line) => `${harmless(line)}${clearRestOfLine}\n`).join('')}${clearBelow}`)
      height = lines.length
    },
    end: () => {
      height = 0
    },
  }
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

export const spinAt = (tick: number): string => frames[tick % frames.length] ?? '-'
