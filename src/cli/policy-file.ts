/** A policy as somebody wrote it, JSON or YAML; the server judges what it says. */

import { readFile } from 'node:fs/promises'
import { parse, YAMLParseError } from 'yaml'
import { isRecord } from '../lib/json.ts'
import { Problem } from '../lib/problem.ts'
import type { Run } from './cli.ts'

/** @param file `-` is standard input. Throws invalid (`cli/policy-file`) that names the file. */
export async function policyIn(file: string, { world, signal }: Pick<Run, 'world' | 'signal'>): Promise<unknown> {
  const shown = file === '-' ? 'Standard input' : file
  const text = await (file === '-' ? world.readInput(signal) : readFile(file, { encoding: 'utf8', signal })).catch(
    (thrown: unknown) => {
      signal.throwIfAborted()
      throw refused(
        `${shown} cannot be read${thrown instanceof Error && 'code' in thrown ? ` (${String(thrown.code)})` : ''}.`,
      )
    },
  )
  const document = parsed(text, shown)
  if (!isRecord(document)) throw refused(`${shown} holds no policy, which is {Version, Statement} in JSON or YAML.`)
  return document
}

function parsed(text: string, shown: string): unknown {
  try {
    // The first of two members of one name could be the Deny that was meant, and JSON.parse drops it without a word.
    return isJson(text)
      ? parse(text)
      : // Every value of a policy is a text, and people write `Version: 5.0` without quotes.
        parse(text, { schema: 'failsafe' })
  } catch (thrown) {
    if (!(thrown instanceof YAMLParseError)) throw thrown
    throw refused(`${shown} is neither JSON nor YAML: ${thrown.message.split('\n')[0]}`)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const refused = (text: string): Problem => new Problem({ kind: 'invalid', code: 'cli/policy-file', text })
