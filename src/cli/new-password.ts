/** Where a new password comes from: standard input or a person, never the words of a command, which others can read. */

import { Problem } from '../lib/problem.ts'
import type { Run } from './cli.ts'

export interface PasswordOptions {
  readonly passwordStdin?: true
}

/** Undefined when there is none: nobody is there to be asked, or nothing was typed. Throws invalid. */
export async function newPassword(
  { world, print, signal }: Run,
  question: string,
  { passwordStdin }: PasswordOptions,
): Promise<string | undefined> {
  if (passwordStdin === true) {
    // A line has an end, and a password has none.
    const given = (await world.readInput(signal)).replace(/\r?\n$/, '')
    if (given === '') throw refused('Nothing came on standard input, where --password-stdin reads the password.')
    return given
  }
  if (print.json) return undefined
  const first = await world.askSecret(`${question}: `, signal)
  if (first === undefined || first === '') return undefined
  if ((await world.askSecret('Once more: ', signal)) !== first)
    throw refused('The two passwords differ; nothing was changed.')
  return first
}

const refused = (text: string): Problem => new Problem({ kind: 'invalid', code: 'cli/password', text })
