// Runs a program to its end and hands back what it said.
import { spawn } from 'node:child_process'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly signal: AbortSignal
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly stdin?: string
}

/** Never rejects for an exit code: the caller decides what a failure means. Rejects when the program cannot start or is aborted. */
export function run(command: readonly [string, ...string[]], options: RunOptions): Promise<Ended> {
  const [program, ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: options.signal,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code, killedBy) => {
      resolve({ code: code ?? 1, stdout, stderr: killedBy === null ? stderr : `${stderr}\nended by ${killedBy}` })
    })
    child.stdin.on('error', () => {}) // a program that ends without reading its input is judged by its exit code
    child.stdin.end(options.stdin ?? '')
  })
}

/** As `run`, but a failure is an error that carries the end of what the program said. */
export async function mustRun(command: readonly [string, ...string[]], options: RunOptions): Promise<string> {
  const ended = await run(command, options)
  if (ended.code !== 0) {
    const said = `${ended.stdout}\n${ended.stderr}`.trim().split('\n').slice(-20).join('\n')
    throw new Error(`${command.join(' ').slice(0, 300)} ended with ${ended.code}:\n${said}`)
  }
  return ended.stdout
}
