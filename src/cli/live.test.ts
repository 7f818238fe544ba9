import { expect, test } from 'vitest'
import { picture } from './live.ts'

const escape = '\u001b'
const piece = new RegExp(`${escape}\\[\\d*[A-Z]|\\n|\\r|[^${escape}\\n\\r]+`, 'g')

/** What a terminal shows of it: enough of one for what the picture uses. */
function screen() {
  const lines: string[] = ['']
  let [at, column] = [0, 0]
  const put = (text: string): void => {
    for (const part of text.match(piece) ?? []) {
      if (part === '\n') [at, column] = [at + 1, 0]
      else if (part === '\r') column = 0
      else if (part.endsWith('A') && part.startsWith('\u001b')) at -= Number(part.slice(2, -1))
      else if (part === '\u001b[K') lines[at] = (lines[at] ?? '').slice(0, column)
      else if (part === '\u001b[J') lines.splice(at, lines.length, (lines[at] ?? '').slice(0, column))
      else {
        const line = (lines[at] ?? '').padEnd(column)
        lines[at] = line.slice(0, column) + part + line.slice(column + part.length)
        column += part.length
      }
      while (lines.length <= at) lines.push('')
    }
  }
  return { put, shown: () => lines.join('\n') }
}

test('each picture replaces the one before, longer or shorter, and leaves what stood above', () => {
  const { put, shown } = screen()
  put('before\n')
  const drawn = picture({ raw: put })
  drawn.draw(['one', 'two', 'three'])
  expect(shown()).toBe('before\none\ntwo\nthree\n')
  drawn.draw(['1', '2'])
  expect(shown()).toBe('before\n1\n2\n')
  drawn.draw(['uno', 'due', 'tre', 'quattro'])
  expect(shown()).toBe('before\nuno\ndue\ntre\nquattro\n')
})

test('what comes after its end stands below it', () => {
  const { put, shown } = screen()
  const drawn = picture({ raw: put })
  drawn.draw(['one', 'two'])
  drawn.end()
  put('after\n')
  drawn.draw(['three'])
  expect(shown()).toBe('one\ntwo\nafter\nthree\n')
})
