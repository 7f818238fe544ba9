// The programs that a bed runs, as children of the bed's own process.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'

export interface Processes {
  /** Starts a program that is meant to stay. Its output goes to `<logs>/<name>.log`. */
  start(name: string, command: readonly [string, ...string[]], env?: Readonly<Record<string, string>>): ChildProcess
  /** Aborted when a program that is meant to stay ended by itself; the reason names it and quotes the end of its log. */
  readonly broken: AbortSignal
  /** Ends all, the last started first. */
  stop(): Promise<void>
}

export function keepProcesses(logs: string, env: Readonly<Record<string, string>>): Processes {
  const running: ChildProcess[] = []
  const broken = new AbortController()
  let stopping = false
  return {
    broken: broken.signal,
    start(name, command, more = {}) {
      const log = openSync(join(logs, `${name}.log`), 'a')
      const [program, ...args] = command
      const child = spawn(program, args, { stdio: ['ignore', log, log], env: { ...env, ...more } })
      closeSync(log)
      child.on('error', (error) => broken.abort(new Error(`${name} did not start: ${error.message}`)))
      child.on('exit', (code, signal) => {
        if (stopping) return
        broken.abort(new Error(`${name} ended by itself (${code ?? signal}):\n${endOfLog(logs, name)}`))
      })
      running.push(child)
      return child
    },
    async stop() {
      stopping = true
      // Nothing in a bed is worth a graceful end: its state is thrown away.
      for (const child of running.toReversed()) {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      }
    },
  }
}

/** The last lines of a program's log. */
function endOfLog(logs: string, name: string, lines = 15): string {
  try {
    return readFileSync(join(logs, `${name}.log`), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-lines)
      .join('\n')
  } catch {
    return '(no log)'
  }
}
