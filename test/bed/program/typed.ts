// The program's own command line, as its administrator types it.
import { join } from 'node:path'
import type { Bed } from '../bed.ts'
import { mustRun } from '../run-program.ts'
import { bareEnvironment, checkout } from '../settings.ts'
import type { Program } from './serve.ts'

/** Standard output; `input` is standard input. Throws when it does not end with 0. */
export function typed(bed: Bed, program: Program, words: readonly string[], input = ''): Promise<string> {
  const command = [process.execPath, join(checkout, 'bin', 'meshlift.js'), ...words, '--data', program.data] as const
  const env = bareEnvironment({ HOME: join(bed.folder, 'home') })
  return mustRun(command, { signal: bed.signal, env, stdin: input })
}
