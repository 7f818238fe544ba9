// The real program, as people start it: its own process, its own output, ended by signals.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const launcher = fileURLToPath(new URL('../../bin/meshlift.js', import.meta.url))

export interface Ended {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined
  readonly out: string
  readonly err: string
}

export interface Program {
  readonly pid: number
  /** Resolves as soon as its output so far matches. Fails when it ends before that. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** The same of its log. */
  logged(pattern: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

export const start = (...argv: readonly string[]): Program => begun(launcher, argv)

/** The program, or a client of it. Killed when the test is over, however that ends. */
export function begun(
  script: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(process.execPath, [script, ...argv], {
    // Of this machine's settings only the search path: a MESHLIFT_ variable here must not decide a test.
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const seen = { out: '', err: '' }
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen.out += text
    for (const look of waiting) look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    seen.err += text
    for (const look of waiting) look()
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ exitCode: code ?? undefined, ...seen }))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const until = (where: 'out' | 'err', pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(seen[where])
        if (found === null) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      void ended.then(({ out, err }) => reject(new Error(`It ended without ${String(pattern)}:\n${out}${err}`)))
      look()
    })
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    ended,
    printed: (pattern) => until('out', pattern),
    logged: (pattern) => until('err', pattern),
  }
}

export const run = (...argv: readonly string[]): Promise<Ended> => start(...argv).ended

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'meshlift-process-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
