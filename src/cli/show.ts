/** How waiting looks: a picture that is drawn again on a terminal, the diary in a pipe, nothing for programs. */

import type { UpgradeDetail } from '../contract/extensions.ts'
import type { Problem } from '../lib/problem.ts'
import type { Show } from './follow.ts'
import { picture, spinAt } from './live.ts'
import { noteLines } from './note-lines.ts'
import type { Print } from './print.ts'
import { treeLines } from './tree.ts'

export function showOn(print: Print): Show {
  if (print.json) return { update: () => {}, trouble: () => {}, end: () => {} }
  return print.live ? livePicture(print) : diary(print)
}

function livePicture(print: Print): Show {
  const drawn = picture(print)
  let last: UpgradeDetail | undefined
  let tick = 0
  const draw = (trouble?: Problem): void => {
    if (last === undefined) return
    const { columns, rows } = print.size()
    const spin = spinAt(tick++)
    const lines = treeLines(last, { paint: print.paint, columns, rows: rows - 2, spin })
    drawn.draw(trouble === undefined ? lines : [...lines, print.paint('yellow', trouble.message.slice(0, columns - 1))])
  }
  return {
    update: (upgrade) => {
      last = upgrade
      draw()
    },
    trouble: draw,
    end: () => drawn.end(),
  }
}

function diary(print: Print): Show {
  let silent = false
  return {
    update: (_, notes) => {
      silent = false
      for (const note of notes) for (const line of noteLines(note, print.paint)) print.say(line)
    },
    trouble: (problem) => {
      if (!silent) print.aside(problem.message)
      silent = true
    },
    end: () => {},
  }
}
