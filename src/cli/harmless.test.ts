import { styleText } from 'node:util'
import { expect, it } from 'vitest'
import { harmless } from './harmless.ts'
import { printer } from './print.ts'

const hostile: readonly (readonly [string, string])[] = [
  ['a title', '\u001b]0;owned\u0007'],
  ['a cleared screen', '\u001b[2J'],
  ['the same in one character', '\u009b2J'],
  ['another line', 'one\nanswered  admin'],
  ['a line written over', 'one\rtwo'],
  ['a backspace', 'no\b\byes'],
  ['a text that runs backwards', '\u202egnp.exe'],
]

it.each(hostile)('%s does not reach the terminal', (_, text) => {
  // oxlint-disable-next-line no-control-regex
  expect(harmless(text)).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202e]/)
  let written = ''
  const stream = { write: (part: string) => (written += part), isTTY: true }
  const print = printer({ out: stream, err: stream, output: 'text', color: true })
  print.say(text)
  print.result({}, [text])
  expect(written.split('\n')).toHaveLength(3)
  expect(written.replaceAll('\n', '')).toBe(harmless(text).repeat(2))
})

it('colours, tabs and any language do', () => {
  for (const text of [styleText('red', 'hold', { validateStream: false }), 'a\tb', 'grün 名 ☂'])
    expect(harmless(text)).toBe(text)
})
