// The program under test as a process: `node bin/meshlift.js serve`, started, killed and started again.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bed } from '../bed.ts'
import { bareEnvironment, checkout } from '../settings.ts'
import { until } from '../time.ts'

/** What the program writes to `admin.json` at its first start. */
export interface HandOut {
  readonly user: string
  readonly password: string
  readonly domain: string
  readonly projectName: string
  readonly projectId: string
}

export interface Program {
  readonly url: string
  readonly data: string
  readonly pid: number
  handOut(): HandOut
  /** Everything it printed so far, over all its starts. */
  output(): string
  /** Asks it to end and waits; answers its exit code. */
  stop(): Promise<number>
  /** kill -9: no chance to write anything. What it started lives on, as after a real crash. */
  kill(): Promise<void>
  /** The same data, a new process; its flags unless others are given. */
  again(flags?: readonly string[]): Promise<Program>
}

const port = 8411 // of the private network, so nobody else can have it

export async function serve(bed: Bed, flags: readonly string[] = []): Promise<Program> {
  const data = join(bed.folder, 'program')
  const log = join(bed.logs, 'program.log')
  const child = start(data, log, flags)
  const program: Program = {
    url: `http://127.0.0.1:${port}`,
    data,
    pid: child.pid ?? 0,
    handOut: () => JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as HandOut,
    output: () => readFileSync(log, 'utf8'),
    async stop() {
      await end(child, 'SIGTERM')
      return child.exitCode ?? 1
    },
    kill: () => end(child, 'SIGKILL'),
    again: (others = flags) => serve(bed, others),
  }
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`meshlift ended with ${code}: ${program.output().slice(-1000)}`)))
  })
  ended.catch(() => {}) // later it may end as it likes
  const answers = until({ what: 'meshlift answers', within: 20_000, every: 20, signal: bed.signal }, async () => {
    if (!existsSync(join(data, 'admin.json'))) return undefined
    const answer = await fetch(`${program.url}/v1/${program.handOut().projectId}/meshes`, { signal: bed.signal })
    return answer.status === 401 ? true : undefined // it knows its routes and does not know us
  })
  await Promise.race([answers, ended])
  return program
}

function start(data: string, log: string, flags: readonly string[]): ChildProcess {
  const file = openSync(log, 'a')
  const where = ['--data', data, '--listen', `127.0.0.1:${port}`]
  const args = [join(checkout, 'bin', 'meshlift.js'), 'serve', ...where, ...flags]
  const child = spawn(process.execPath, args, { stdio: ['ignore', file, file], env: bareEnvironment({ HOME: data }) })
  closeSync(file)
  return child
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
