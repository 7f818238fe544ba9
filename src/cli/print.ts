/** The program's one voice: text or JSON, with colours or without, to people or into a pipe. */

import { styleText } from 'node:util'
import type { Problem } from '../lib/problem.ts'
import { harmless } from './harmless.ts'

/** What a stream of the process has of it. */
export interface Stream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export type Color = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim'
export type Paint = (color: Color, text: string) => string

export const plain: Paint = (_, text) => text
const colored: Paint = (color, text) => styleText(color, text, { validateStream: false })

export interface Print {
  /** One line on standard output; nothing when the output is JSON. */
  say(line: string): void
  /** What a command found: one JSON document, or its lines. Once a command, at its end. */
  result(value: unknown, lines: readonly string[]): void
  /** Beside the result, on standard error: what is worth knowing, such as how to go on. Nothing when the output is JSON. */
  aside(line: string): void
  fail(problem: Problem): void
  /** As it is, on standard output: what a live picture is drawn with. */
  raw(text: string): void
  readonly paint: Paint
  /** A person sees standard output, and not as JSON. */
  readonly live: boolean
  readonly json: boolean
  /** How much room there is now. */
  size(): { readonly columns: number; readonly rows: number }
}

export interface PrintOptions {
  readonly out: Stream
  readonly err: Stream
  readonly output: 'text' | 'json'
  readonly color: boolean
}

export function printer({ out, err, output, color }: PrintOptions): Print {
  const json = output === 'json'
  const live = !json && out.isTTY === true
  const paintErr = color && err.isTTY === true ? colored : plain
  return {
    say: (line) => {
      if (!json) out.write(`${harmless(line)}\n`)
    },
    result: (value, lines) => {
      if (json) out.write(`${JSON.stringify(value, undefined, 2)}\n`)
      else for (const line of lines) out.write(`${harmless(line)}\n`)
    },
    aside: (line) => {
      if (!json) err.write(`${paintErr('dim', harmless(line))}\n`)
    },
    fail: ({ kind, code, message, facts, cause }) => {
      const known = facts['known']
      if (json) err.write(`${JSON.stringify({ error: { kind, code, text: message, ...(known ? { known } : {}) } })}\n`)
      else err.write(`${paintErr('red', 'meshlift:')} ${message.split('\n').map(harmless).join('\n')}\n`)
      // Nobody can act on it but who mends the program.
      if (!json && code === 'program/bug' && cause instanceof Error)
        err.write(`${paintErr('dim', cause.stack ?? '')}\n`)
    },
    raw: (text) => out.write(text),
    paint: color && live ? colored : plain,
    live,
    json,
    size: () => ({ columns: out.columns ?? 100, rows: out.rows ?? 40 }),
  }
}
