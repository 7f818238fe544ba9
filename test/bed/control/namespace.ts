// A private network, process and mount namespace for one bed, seen from outside. Whatever a bed starts lives in it and
// ends with it: no process, link or mount can be left behind.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { until } from '../time.ts'

export interface Inside {
  /** The first process of the namespace, as the machine numbers it: the target of nsenter. */
  readonly pid: number
  /** Its exit code, or 1 when it was ended from outside. */
  readonly ended: Promise<number>
  /** Ends everything in it and waits until it is gone. */
  end(): Promise<void>
}

/** Runs a Node program as the bed's main process. It shares our terminal for output and nothing else. */
export async function enterNamespace(program: string, args: readonly string[], signal: AbortSignal): Promise<Inside> {
  const command = [
    '--pdeathsig', 'KILL', // if we are killed, unshare goes, and with it all the rest
    'unshare',
    '--net', // ports and addresses of the bed are its own
    '--mount', // the /proc below is mounted for the bed alone
    '--pid', '--fork', // its processes are a tree of their own: when the first one ends, so do all
    '--kill-child', // unshare gone means the first process gone
    '--mount-proc', // programs look their children up in /proc
    'tini', '-s', '--', // the first process has to collect orphans; Node does not
    process.execPath, program, ...args,
  ] // prettier-ignore
  // A session of its own: ctrl-c reaches us and not the programs, so that we decide how it ends.
  const child = spawn('setpriv', command, { stdio: ['ignore', 'inherit', 'inherit'], detached: true })
  const ended = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : 1))
  const pid = await firstProcess(child, signal)
  return {
    pid,
    ended,
    async end() {
      child.kill('SIGKILL')
      await ended
      const gone = new AbortController()
      await until({ what: 'end of the bed', within: 10_000, every: 20, signal: gone.signal }, async () =>
        existsSync(`/proc/${pid}`) ? undefined : true,
      )
    },
  }
}

async function firstProcess(child: ChildProcess, signal: AbortSignal): Promise<number> {
  const { pid } = child
  if (pid === undefined) throw new Error('setpriv could not be started')
  return until({ what: 'first process of the namespace', within: 5000, every: 10, signal }, async () => {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return text === '' ? undefined : Number(text.split(' ')[0])
  })
}
